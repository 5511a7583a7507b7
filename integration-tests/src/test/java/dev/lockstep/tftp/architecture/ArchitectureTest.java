package dev.lockstep.tftp.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks the dependencies between packages. */
class ArchitectureTest {
    private static final String ROOT = "dev.lockstep.tftp";
    private static final String CODEC = ROOT + ".codec..";
    private static final String TRANSFER = ROOT + ".transfer..";
    private static final String CHANNEL = ROOT + ".channel..";
    private static final String FILE = ROOT + ".file..";
    private static final String SERVER = ROOT + ".server..";
    private static final String STORAGE = ROOT + ".server.storage..";
    private static final String RULES = ROOT + ".server.rules..";
    private static final String CLIENT = ROOT + ".client..";
    private static final String LOAD = ROOT + ".client.load..";
    private static final String LOAD_REPORT = ROOT + ".client.load.report..";

    private static JavaClasses all;

    @BeforeAll
    static void readClasses() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(ROOT);
        assertThat(all.size()).isGreaterThan(50);
    }

    @Test
    void the_codec_depends_on_netty_buffers_and_handlers_only() {
        classes()
                .that()
                .resideInAPackage(CODEC)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        CODEC,
                        "java.lang..",
                        "java.util..",
                        "java.nio.charset",
                        "io.netty.buffer",
                        "io.netty.channel..",
                        "io.netty.handler.codec..",
                        "io.netty.util")
                .check(all);
    }

    @Test
    void a_transfer_does_not_depend_on_channels_threads_clocks_files_or_loggers() {
        noClasses()
                .that()
                .resideInAPackage(TRANSFER)
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + "..").and(not(resideInAnyPackage(TRANSFER, CODEC))))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("io.netty..").and(not(resideInAnyPackage("io.netty.buffer"))))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..", "java.nio.file..", "java.nio.channels..", "org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(all);
    }

    @Test
    void files_and_storages_do_not_depend_on_netty() {
        noClasses()
                .that()
                .resideInAnyPackage(STORAGE, FILE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", CHANNEL)
                .check(all);
    }

    @Test
    void channels_depend_on_neither_files_nor_server_nor_client() {
        noClasses()
                .that()
                .resideInAPackage(CHANNEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(FILE, SERVER, CLIENT, "java.nio.file..", "java.nio.channels")
                .check(all);
    }

    @Test
    void server_and_client_do_not_depend_on_each_other() {
        noClasses()
                .that()
                .resideInAPackage(SERVER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CLIENT)
                .check(all);
        noClasses()
                .that()
                .resideInAPackage(CLIENT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(SERVER)
                .check(all);
    }

    @Test
    void storages_do_not_depend_on_the_server() {
        noClasses()
                .that()
                .resideInAPackage(STORAGE)
                .should()
                .dependOnClassesThat(resideInAnyPackage(SERVER).and(not(resideInAnyPackage(STORAGE))))
                .check(all);
    }

    @Test
    void rules_do_not_depend_on_netty_and_only_rules_depend_on_their_parsers() {
        noClasses()
                .that()
                .resideInAPackage(RULES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..")
                .check(all);
        noClasses()
                .that(not(resideInAnyPackage(RULES)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.tomlj..", "com.google.re2j..")
                .check(all);
        noClasses()
                .that(not(resideInAnyPackage(RULES, "..cli..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(RULES)
                .check(all);
    }

    @Test
    void only_command_lines_depend_on_command_line_libraries() {
        noClasses()
                .that(not(resideInAnyPackage("..cli..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "ch.qos.logback..", "org.jline..", "..cli..")
                .check(all);
        noClasses()
                .that(not(resideInAnyPackage("..cli..", LOAD_REPORT)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml.jackson..")
                .check(all);
    }

    @Test
    void only_the_load_tester_depends_on_histograms_and_only_its_command_depends_on_it() {
        noClasses()
                .that(not(resideInAnyPackage(LOAD)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.HdrHistogram..")
                .check(all);
        noClasses()
                .that(not(resideInAnyPackage(LOAD)))
                .and()
                .haveSimpleNameNotStartingWith("Load")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(LOAD)
                .check(all);
    }

    @Test
    void no_package_or_type_has_a_generic_name() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..")
                .check(all);
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .orShould()
                .haveSimpleNameStartingWith("Default")
                .check(all);
    }
}
