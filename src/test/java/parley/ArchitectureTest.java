package parley;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.base.DescribedPredicate;
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

/** The arrows of the design point down only. */
class ArchitectureTest {

  private static final JavaClasses PARLEY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("parley");

  @Test
  void arrowsPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("cli")
        .definedBy("parley.cli..")
        .layer("proving")
        .definedBy("parley.proving..")
        .layer("server")
        .definedBy("parley.server..")
        .layer("client")
        .definedBy("parley.client..")
        .layer("tls")
        .definedBy(
            "parley.tls..", "parley.proxy..", "parley.internal.tls..", "parley.internal.proxy..")
        .layer("mina")
        .definedBy("parley.mina..")
        .layer("filter")
        .definedBy("parley.filter..")
        .layer("protocol")
        .definedBy("parley.protocol")
        .layer("built-in")
        .definedBy("parley.protocol.(*)..")
        .layer("transport")
        .definedBy("parley.transport..")
        .layer("codec")
        .definedBy("parley.codec..")
        .layer("endpoint")
        .definedBy("parley.endpoint..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("proving")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("cli", "proving")
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("built-in")
        .mayOnlyBeAccessedByLayers("cli") // hello-client.sh is the greeting's
        .whereLayer("mina")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("tls")
        .mayOnlyBeAccessedByLayers("cli", "server", "client", "mina")
        .whereLayer("filter")
        .mayOnlyBeAccessedByLayers("cli", "server", "client", "proving", "tls", "mina")
        .whereLayer("protocol")
        .mayOnlyBeAccessedByLayers("cli", "server", "client", "built-in", "proving", "tls", "mina")
        .whereLayer("transport")
        .mayOnlyBeAccessedByLayers(
            "cli",
            "server",
            "client",
            "filter",
            "protocol",
            "built-in",
            "codec",
            "endpoint",
            "proving",
            "tls",
            "mina")
        .whereLayer("codec")
        .mayOnlyBeAccessedByLayers(
            "cli", "server", "client", "filter", "protocol", "built-in", "proving", "tls")
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

  /** Users name what is public; what does the work may change. */
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

  /** So all else runs without it. */
  @Test
  void oneClassKnowsBouncyCastle() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("parley.internal.tls.PemBlocks")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bouncycastle..")
        .check(PARLEY);
  }

  /** Six CVEs of MINA's are of this kind. */
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

  /**
   * Tests wait by a future, a latch or {@link Await}. {@link Pace} holds the times that are a
   * test's subject; {@link Mix} begins a drain at a frame that its seed draws.
   */
  @Test
  void noTestSleepsOrSpins() {
    JavaClasses tests =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages("parley");
    String sleepsOrSpins =
        "java\\.lang\\.Thread\\.(sleep|onSpinWait|yield)\\(.*"
            + "|java\\.util\\.concurrent\\.(TimeUnit\\.sleep|locks\\.LockSupport\\.park\\w*)\\(.*";
    noClasses()
        .that()
        .doNotBelongToAnyOf(Pace.class, Mix.class)
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "it sleeps or spins",
                access -> access.getTarget().getFullName().matches(sleepsOrSpins)))
        .check(tests);
  }

  /** But for the one class that answers Log4j's question for the log context. */
  @Test
  void loggingIsSlf4j() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("parley.filter.Log4jContext")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.logging..", "java.util.logging..")
        .check(PARLEY);
  }
}
