package parley.internal.loop;

import org.apache.mina.core.session.IoSession;

/** A service that counts its sessions and limits their resources. Thread-safe. */
public interface AdmittingService {

  /** Returns the limits of its sessions. */
  SessionLimits limits();

  /** Notes that an admitted session enters its loop. */
  void entered(IoSession session);

  /** Notes that an admitted session has ended. */
  void left(IoSession session);
}
