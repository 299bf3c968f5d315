package parley.internal.loop;

import org.apache.mina.core.session.IoSession;

/** A service that counts its sessions and bounds what they take. Any thread may call. */
public interface AdmittingService {

  /** Returns what its sessions may take. */
  SessionLimits limits();

  /** An admitted session goes to its loop. */
  void entered(IoSession session);

  /** An admitted session has ended. */
  void left(IoSession session);
}
