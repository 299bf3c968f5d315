package parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import parley.testing.Await;
import parley.testing.Pace;
import parley.testing.Servers;

/** The arrows of the design point down only. */
class ArchitectureTest {

  private static final JavaClasses PARLEY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("parley");

  /** Artifacts of their own. */
  private static final String[] BESIDE_CORE = {"parley.cli..", "parley.proving.."};

  private static final String OPTIONAL_PEM = "parley\\.internal\\.tls\\.PemBlocks.*";
  private static final String OPTIONAL =
      "parley\\.internal\\.chain\\.Log4jContext|parley\\.internal\\.telemetry\\.JfrEvents.*|"
          + OPTIONAL_PEM;

  @Test
  void arrowsPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("parley.cli..")
        .layer("proving")
        .definedBy("parley.proving..")
        .layer("mina")
        .definedBy("parley.mina..")
        .layer("server")
        .definedBy("parley.server..")
        .layer("client")
        .definedBy("parley.client..")
        .layer("built-in")
        .definedBy("parley.protocol.(*)..")
        .layer("tls")
        .definedBy(
            "parley.tls..", "parley.proxy..", "parley.internal.tls..", "parley.internal.proxy..")
        .layer("accept")
        .definedBy("parley.internal.accept..")
        .layer("chain")
        .definedBy("parley.internal.chain..")
        .layer("protocol")
        .definedBy("parley.protocol")
        .layer("loop")
        .definedBy("parley.internal.loop..")
        .layer("telemetry")
        .definedBy("parley.telemetry..", "parley.internal.telemetry..")
        .layer("session")
        .definedBy("parley.session..")
        .layer("codec")
        .definedBy("parley.codec..")
        .layer("endpoint")
        .definedBy("parley.endpoint..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("proving")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("mina")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("cli", "proving")
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("built-in")
        .mayOnlyBeAccessedByLayers("cli") // hello-client.sh is the client of the greeting
        .whereLayer("tls")
        .mayOnlyBeAccessedByLayers("cli", "server", "client", "mina")
        .whereLayer("accept")
        .mayOnlyBeAccessedByLayers("cli", "server")
        .whereLayer("chain")
        .mayOnlyBeAccessedByLayers("cli", "server", "client", "proving", "tls", "mina")
        .whereLayer("protocol")
        .mayOnlyBeAccessedByLayers(
            "cli", "server", "client", "chain", "built-in", "proving", "tls", "mina")
        .whereLayer("loop")
        .mayOnlyBeAccessedByLayers(
            "cli",
            "server",
            "client",
            "accept",
            "chain",
            "protocol",
            "built-in",
            "proving",
            "tls",
            "mina")
        .whereLayer("telemetry")
        .mayOnlyBeAccessedByLayers(
            "cli",
            "server",
            "client",
            "accept",
            "chain",
            "protocol",
            "proving",
            "tls",
            "mina",
            "loop")
        .whereLayer("session")
        .mayOnlyBeAccessedByLayers(
            "telemetry",
            "cli",
            "server",
            "client",
            "accept",
            "chain",
            "protocol",
            "built-in",
            "proving",
            "tls",
            "mina",
            "loop")
        .whereLayer("codec")
        .mayOnlyBeAccessedByLayers(
            "cli",
            "server",
            "client",
            "chain",
            "protocol",
            "built-in",
            "loop",
            "proving",
            "tls",
            "mina")
        .check(PARLEY);
  }

  @Test
  void noCycles() {
    SlicesRuleDefinition.slices().matching("parley.(**)").should().beFreeOfCycles().check(PARLEY);
  }

  @Test
  void confFilesAreReadInCliAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage("parley.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.typesafe..", "org.apache.commons.cli..", "org.jline..")
        .check(PARLEY);
  }

  /** Core is the artifact that applications embed: it works without the other two. */
  @Test
  void coreStandsAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(BESIDE_CORE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(BESIDE_CORE)
        .check(PARLEY);
  }

  /**
   * Other libraries that core can use are optional. Each is used only in the place that {@link
   * #OPTIONAL} names.
   */
  @Test
  void coreNeedsThreeLibraries() {
    classes()
        .that()
        .resideOutsideOfPackages(BESIDE_CORE)
        .and()
        .haveNameNotMatching(OPTIONAL)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax..",
            "parley..",
            "org.apache.mina..",
            "org.slf4j..",
            "org.jspecify.annotations..")
        .check(PARLEY);
    noClasses()
        .that()
        .haveNameNotMatching(OPTIONAL_PEM)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bouncycastle..")
        .check(PARLEY);
  }

  /** The proving kit needs no library of its own. */
  @Test
  void theProvingKitNeedsCoreAlone() {
    classes()
        .that()
        .resideInAPackage("parley.proving..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..", "parley..", "org.apache.mina..", "org.slf4j..", "org.jspecify.annotations..")
        .check(PARLEY);
  }

  /** Users depend on public types; internal types may change. */
  @Test
  void noPublicSignatureShowsAnInternalType() {
    DescribedPredicate<JavaClass> internal =
        JavaClass.Predicates.resideInAPackage("parley.internal..");
    ArchCondition<JavaClass> show =
        new ArchCondition<>("show an internal type") {
          @Override
          public void check(JavaClass each, ConditionEvents events) {
            Stream<JavaType> above =
                Stream.concat(each.getSuperclass().stream(), each.getInterfaces().stream());
            Stream<JavaType> members =
                each.getMembers().stream()
                    .filter(ArchitectureTest::isForUsers)
                    .flatMap(ArchitectureTest::types);
            Stream.concat(above, members)
                .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                .filter(internal)
                .forEach(
                    type ->
                        events.add(
                            SimpleConditionEvent.satisfied(
                                each, each.getName() + " shows " + type.getName())));
          }
        };
    noClasses()
        .that()
        .arePublic()
        .and()
        .resideOutsideOfPackage("parley.internal..")
        .should(show)
        .check(PARLEY);
  }

  private static boolean isForUsers(JavaMember member) {
    return member.getModifiers().contains(JavaModifier.PUBLIC)
        || member.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static Stream<JavaType> types(JavaMember member) {
    return member instanceof JavaCodeUnit code
        ? Stream.concat(
            Stream.of(code.getReturnType()),
            Stream.concat(code.getParameterTypes().stream(), code.getExceptionTypes().stream()))
        : Stream.of(((JavaField) member).getType());
  }

  /** Six of MINA's CVEs are of this kind. */
  @Test
  void nothingIsDeserialised() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.mina.filter.codec.serialization..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .orShould()
        .callMethodWhere(
            DescribedPredicate.describe(
                "IoBuffer.getObject or putObject",
                call -> call.getTarget().getName().matches("(get|put)Object")))
        .check(PARLEY);
  }

  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
          .importPackages("parley");

  private static DescribedPredicate<JavaAccess<?>> isTo(String description, String fullName) {
    return DescribedPredicate.describe(
        description, access -> access.getTarget().getFullName().matches(fullName));
  }

  /**
   * Tests wait by a future, a latch or {@link Await}. {@link Pace} holds the times that are a
   * test's subject.
   */
  @Test
  void noTestSleepsOrSpins() {
    String sleepsOrSpins =
        "java\\.lang\\.Thread\\.(sleep|onSpinWait|yield)\\(.*"
            + "|java\\.util\\.concurrent\\.(TimeUnit\\.(sleep|timed\\w+)"
            + "|locks\\.LockSupport\\.park\\w*)\\(.*";
    noClasses()
        .that()
        .doNotBelongToAnyOf(Pace.class)
        .should()
        .accessTargetWhere(isTo("it sleeps or spins", sleepsOrSpins))
        .check(TESTS);
  }

  /**
   * A bounded wait returns after its bound, whatever has happened. If its result is not checked, it
   * is a sleep. Use a wait without a bound, which JUnit ends if it hangs, or one that throws.
   */
  @Test
  void noTestContinuesAfterABoundedWait() {
    String boundedWaits =
        "(java|org\\.apache\\.mina)\\.[\\w.$]+"
            + "\\.(await\\w*|wait\\w*|join|poll\\w*|offer\\w*|take\\w*|try\\w+)\\(.*\\blong\\b.*"
            + "|parley\\..*\\.awaitNoSessions\\(.*";
    String completedByTime =
        "java\\.util\\.concurrent\\.CompletableFuture"
            + "\\.(completeOnTimeout|delayedExecutor)\\(.*";
    noClasses()
        .that()
        .doNotBelongToAnyOf(Pace.class, Servers.class)
        .and()
        .doNotHaveFullyQualifiedName("parley.client.GivingUpTest$Way") // it tests such waits
        .should()
        .accessTargetWhere(isTo("it waits for a time", boundedWaits + "|" + completedByTime))
        .check(TESTS);
  }

  /** Only the class that gives Log4j the data of the log context may use Log4j. */
  @Test
  void loggingIsSlf4j() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("parley.internal.chain.Log4jContext")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.logging..", "java.util.logging..")
        .check(PARLEY);
  }
}
