package parley.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import parley.client.Client;
import parley.client.ClientConfig;
import parley.endpoint.Endpoint;
import parley.protocol.greeting.GreetingProtocol;
import parley.server.ListenerConfig;
import parley.server.Server;
import parley.server.ServerConfig;
import parley.testing.Programs;

/** A class path without Bouncy Castle, as in an application that needs no PEM. */
class WithoutPemTest {

  @TempDir Path temp;

  private static Object call(Class<? extends Callable<?>> task, Path folder) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!Path.of(entry).getFileName().toString().startsWith("bc")) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader lacking =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      assertThatThrownBy(() -> lacking.loadClass("org.bouncycastle.openssl.PEMParser"))
          .isInstanceOf(ClassNotFoundException.class);
      Thread.currentThread().setContextClassLoader(lacking);
      Class<?> its = lacking.loadClass(task.getName());
      assertThat(its).isNotSameAs(task);
      return ((Callable<?>) its.getConstructor(Path.class).newInstance(folder)).call();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static Server serve(String endpoint, TlsConfig tls) throws Exception {
    ListenerConfig listener =
        ListenerConfig.builder("test", Endpoint.parse(endpoint), new GreetingProtocol())
            .tls(tls)
            .build();
    return new Server(ServerConfig.builder().listener(listener).build()).start();
  }

  private static String ask(Server server, TlsConfig tls) throws Exception {
    ClientConfig<String, String> config =
        ClientConfig.builder(server.endpoint(), new GreetingProtocol()).tls(tls).build();
    try (Client<String, String> client = Client.connect(config)) {
      return client.ask("Ada").get().toString();
    }
  }

  /** Uses everything that needs no PEM. */
  public static final class Others implements Callable<List<String>> {

    private final Path folder;

    /** The argument is a folder for files. */
    public Others(Path folder) {
      this.folder = folder;
    }

    @Override
    public List<String> call() throws Exception {
      var keys = KeyStores.make(folder, "own");
      SSLContext context = KeyStores.context(keys, keys);
      List<String> answers = new ArrayList<>();
      try (Server server = serve("tcp://127.0.0.1:0", TlsConfig.ofPem())) {
        answers.add(ask(server, TlsConfig.ofPem()));
      }
      try (Server server = serve("tls://127.0.0.1:0", TlsConfig.of(context))) {
        answers.add(ask(server, TlsConfig.of(context)));
        answers.add(ask(server, TlsConfig.ofPem().with(TlsConfig.INSECURE, true)));
        try {
          answers.add(ask(server, TlsConfig.ofPem())); // trusts the system's CAs
        } catch (parley.client.ConnectException e) {
          answers.add(e.getMessage().replaceFirst(".*: TLS: ", ""));
        }
      }
      return answers;
    }
  }

  @Test
  void allButPemNeedsNoLibrary() throws Exception {
    assertThat(call(Others.class, temp))
        .isEqualTo(
            List.of(
                "Hello, Ada!",
                "Hello, Ada!",
                "Hello, Ada!",
                "unknown CA: no trusted CA has signed the certificate"));
  }

  /** Returns the message about a setting, for each side. */
  public static final class Pem implements Callable<List<String>> {

    /** Needs no folder. */
    public Pem(Path unused) {}

    @Override
    public List<String> call() {
      List<String> messages = new ArrayList<>();
      TlsConfig pair =
          TlsConfig.ofPem().with(TlsConfig.CERTIFICATE, "c.pem").with(TlsConfig.KEY, "k.pem");
      TlsConfig ca = TlsConfig.ofPem().with(TlsConfig.CA, "ca.pem");
      Endpoint endpoint = Endpoint.parse("tls://localhost:1");
      for (Callable<?> build :
          List.<Callable<?>>of(
              () -> ListenerConfig.builder("t", endpoint, new GreetingProtocol()).tls(pair).build(),
              () -> ClientConfig.builder(endpoint, new GreetingProtocol()).tls(ca).build())) {
        try {
          messages.add("built: " + build.call());
        } catch (Exception e) {
          messages.add(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
      }
      return messages;
    }
  }

  /** The message has the version in Parley's own build. */
  @Test
  void aPemSettingNamesTheLibrary() throws Exception {
    Matcher version =
        Pattern.compile("<bouncycastle.version>(.*)</bouncycastle.version>")
            .matcher(Files.readString(Programs.HOME.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    String rest =
        ".pem: PEM cannot be read without org.bouncycastle:bcpkix-jdk18on:"
            + version.group(1)
            + " (expected: that artifact on the class path, or TlsConfig.of with an SSLContext of"
            + " your own)";
    assertThat(call(Pem.class, temp))
        .isEqualTo(
            List.of(
                "IllegalArgumentException: tls.certificate: c" + rest,
                "IllegalArgumentException: tls.ca: ca" + rest));
  }
}
