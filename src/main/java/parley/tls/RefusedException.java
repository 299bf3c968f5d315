package parley.tls;

import javax.net.ssl.SSLException;

/** Says that this side takes no more of a peer, though its engine would. */
final class RefusedException extends SSLException {

  private static final long serialVersionUID = 1;

  RefusedException(String why) {
    super(why);
  }
}
