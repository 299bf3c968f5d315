package parley.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import parley.internal.telemetry.TokenBucket;
import parley.telemetry.Rejection;

class AdmissionTest {

  private static InetAddress ip(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void countsInAllAndByAddressAndForgetsClosedConnections() {
    Admission admission = new Admission(new Admission.Bounds(3, 2, 1000, 1000));
    assertThat(admission.enter(ip("10.0.0.1"))).isNull();
    assertThat(admission.enter(ip("10.0.0.1"))).isNull();
    assertThat(admission.enter(ip("10.0.0.1"))).isEqualTo(Rejection.CONNECTIONS_PER_ADDRESS);
    assertThat(admission.enter(ip("10.0.0.2"))).isNull();
    assertThat(admission.enter(ip("10.0.0.3"))).isEqualTo(Rejection.CONNECTIONS);
    admission.leave(ip("10.0.0.1"));
    assertThat(admission.enter(ip("10.0.0.3"))).isNull();
    assertThat(admission.addresses()).isEqualTo(3);
    for (String left : new String[] {"10.0.0.1", "10.0.0.2", "10.0.0.3"}) {
      admission.leave(ip(left));
    }
    assertThat(admission.connections()).isZero();
    assertThat(admission.addresses()).isZero();
  }

  @Test
  void oneIpv6NetworkIsOneSource() {
    Admission admission = new Admission(new Admission.Bounds(9, 1, 1000, 1000));
    assertThat(admission.enter(ip("2001:db8:0:1::1"))).isNull();
    assertThat(admission.enter(ip("2001:db8:0:1:ffff::2")))
        .isEqualTo(Rejection.CONNECTIONS_PER_ADDRESS);
    assertThat(admission.enter(ip("2001:db8:0:2::1"))).isNull();
  }

  @Test
  void aBucketOfTokensRefillsWithTime() {
    TokenBucket tokens = new TokenBucket(10, 2, 0);
    assertThat(tokens.take(0)).isTrue();
    assertThat(tokens.take(0)).isTrue();
    assertThat(tokens.take(0)).isFalse();
    assertThat(tokens.take(99_000_000)).isFalse();
    assertThat(tokens.take(101_000_000)).isTrue();
    assertThat(tokens.take(101_000_000)).isFalse();
    assertThat(tokens.take(10_000_000_000L)).isTrue();
    assertThat(tokens.take(10_000_000_000L)).isTrue();
    assertThat(tokens.take(10_000_000_000L)).isFalse();
  }

  @Test
  void aRefusedConnectionTakesNoPlace() throws Exception {
    Admission admission = new Admission(new Admission.Bounds(10, 1, 1, 3));
    InetAddress bad = InetAddress.getByName("10.0.0.1");
    assertThat(admission.enter(bad)).isNull();
    for (int i = 0; i < 5; i++) {
      assertThat(admission.enter(bad)).isNotNull();
    }
    assertThat(admission.enter(InetAddress.getByName("10.0.0.2"))).isNull();
  }
}
