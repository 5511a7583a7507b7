package dev.lockstep.tftp.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.ForwardingSource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.ForwardingStorage;
import dev.lockstep.tftp.server.storage.Storage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks the packages: what they depend on, and what the packages of the API expose. */
class ArchitectureTest {
    private static final String ROOT = "dev.lockstep.tftp";
    private static final String CONCURRENT = ROOT + ".concurrent..";
    private static final String CODEC = ROOT + ".codec..";
    private static final String IO = ROOT + ".io..";
    private static final String NEGOTIATION = ROOT + ".negotiation..";
    private static final String EVENT = ROOT + ".event..";
    private static final String TRANSFER = ROOT + ".transfer..";
    private static final String INTERNAL = ROOT + ".internal..";
    private static final String TEXT = ROOT + ".internal.text..";
    private static final String SERVER = ROOT + ".server..";
    private static final String STORAGE = ROOT + ".server.storage..";
    private static final String ORIGIN = ROOT + ".server.internal.origin..";
    private static final String RULES = ROOT + ".server.rules..";
    private static final String CLIENT = ROOT + ".client..";
    private static final String CONFORM = ROOT + ".client.conform..";
    private static final String LOAD = ROOT + ".client.load..";
    private static final String LOAD_REPORT = ROOT + ".client.load.report..";
    private static final String SHELL = ROOT + ".client.shell..";
    private static final String TEST_KIT = ROOT + ".junit..";
    private static final String LOGGING = ROOT + ".server.internal.logging..";
    private static final String PAGE = ROOT + ".server.internal.http..";
    private static final String HTTP = ROOT + ".internal.http..";
    private static final String COMMANDS = "..cli..";

    /** The packages whose public types other programs may use. */
    private static final Set<String> API = Stream.of(
                    "concurrent",
                    "codec",
                    "io",
                    "negotiation",
                    "event",
                    "transfer",
                    "server",
                    "server.storage",
                    "client",
                    "junit")
            .map(name -> ROOT + "." + name)
            .collect(Collectors.toSet());

    private static JavaClasses all;

    @BeforeAll
    static void readClasses() {
        all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(ROOT);
        assertThat(all.size()).isGreaterThan(50);
    }

    /** Each package may use itself, the annotations for threads, and those that stand before it. */
    @Test
    void the_packages_of_the_engine_depend_in_one_direction() {
        Map<String, List<String>> layers = new LinkedHashMap<>();
        layers.put(CONCURRENT, List.of());
        layers.put(CODEC, List.of());
        layers.put(TEXT, List.of());
        layers.put(IO, List.of(CODEC));
        layers.put(NEGOTIATION, List.of(CODEC, IO));
        layers.put(EVENT, List.of(CODEC, NEGOTIATION, TEXT));
        layers.put(TRANSFER, List.of(CODEC, IO, NEGOTIATION, EVENT));
        layers.put(INTERNAL, List.of(CODEC, IO, NEGOTIATION, EVENT, TRANSFER));
        layers.forEach((layer, below) -> {
            String[] allowed =
                    Stream.concat(Stream.of(layer, CONCURRENT), below.stream()).toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(layer)
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
                    .check(all);
        });
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
                        CONCURRENT,
                        "java.io",
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
                .resideInAnyPackage(TRANSFER, NEGOTIATION)
                .should()
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
    void files_storages_and_rules_do_not_depend_on_netty() {
        noClasses()
                .that()
                .resideInAnyPackage(STORAGE, ORIGIN, IO, RULES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", ROOT + ".internal.channel..", ROOT + ".internal.transport..")
                .check(all);
    }

    @Test
    void channels_do_not_depend_on_files() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".internal.channel..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.nio.channels")
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
    void only_rules_depend_on_their_parsers_and_only_commands_depend_on_rules() {
        onlyIn("org.tomlj..", RULES);
        onlyIn("com.google.re2j..", RULES);
        onlyIn(RULES, RULES, COMMANDS);
    }

    @Test
    void libraries_are_used_where_they_belong() {
        onlyIn("picocli..", COMMANDS, SHELL);
        onlyIn("org.jline..", SHELL);
        onlyIn("org.junit..", TEST_KIT);
        onlyIn("ch.qos.logback..", LOGGING);
        onlyIn("software.amazon.awssdk..", ORIGIN);
        onlyIn("org.HdrHistogram..", LOAD);
        onlyIn("io.prometheus..", "..metrics..");
        onlyIn("io.netty.handler.codec.http..", HTTP);
        onlyIn("com.fasterxml.jackson..", COMMANDS, LOAD_REPORT, LOGGING, PAGE);
    }

    @Test
    void nothing_depends_on_the_test_kit_and_its_fixture_does_not_depend_on_junit() {
        onlyIn(TEST_KIT, TEST_KIT);
        noClasses()
                .that(resideInAnyPackage(TEST_KIT).and(not(name("TftpServer(Extension|Test).*"))))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.opentest4j..")
                .check(all);
    }

    private static DescribedPredicate<JavaClass> name(String pattern) {
        return DescribedPredicate.describe(
                "are named " + pattern,
                type -> type.getName().replaceFirst(".*\\.", "").matches(pattern));
    }

    @Test
    void only_their_commands_depend_on_the_load_test_and_the_checks() {
        onlyIn(CONFORM, CONFORM, ROOT + ".client.cli");
        onlyIn(LOAD, LOAD, ROOT + ".client.cli");
    }

    private static void onlyIn(String used, String... users) {
        noClasses()
                .that(not(resideInAnyPackage(users)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(used)
                .check(all);
    }

    @Test
    void no_signature_of_the_api_exposes_an_internal_type() {
        classes()
                .that(new DescribedPredicate<JavaClass>("are public types of the API") {
                    @Override
                    public boolean test(JavaClass type) {
                        return isApi(type);
                    }
                })
                .should(new ArchCondition<>("have signatures of types of the API and of libraries") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        Stream<JavaType> parents =
                                Stream.concat(type.getInterfaces().stream(), type.getSuperclass().stream());
                        parents.forEach(parent -> report(type, type.getName(), parent, events));
                        for (JavaMember member : type.getMembers()) {
                            Set<JavaModifier> modifiers = member.getModifiers();
                            if (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED)) {
                                member.getAllInvolvedRawTypes()
                                        .forEach(used -> report(type, member.getFullName(), used, events));
                            }
                        }
                    }
                })
                .check(all);
    }

    private static void report(JavaClass type, String where, JavaType used, ConditionEvents events) {
        for (JavaClass raw : used.getAllInvolvedRawTypes()) {
            JavaClass single = raw.getBaseComponentType();
            if (single.getPackageName().startsWith(ROOT) && !isApi(single) && !single.equals(type)) {
                events.add(SimpleConditionEvent.violated(type, where + " exposes " + single.getName()));
            }
        }
    }

    private static boolean isApi(JavaClass type) {
        JavaClass outer = type.getEnclosingClass().orElse(null);
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && API.contains(type.getPackageName())
                && (outer == null || isApi(outer));
    }

    /** A method that a decorator does not forward has its default there, whatever the file or the storage says. */
    @Test
    void the_decorators_forward_all_methods_but_those_that_their_javadoc_names() {
        Map<Class<?>, Class<?>> decorators = Map.of(
                Source.class, ForwardingSource.class,
                Sink.class, ForwardingSink.class,
                Storage.class, ForwardingStorage.class);
        Set<String> missing = new TreeSet<>();
        decorators.forEach((type, decorator) -> {
            for (JavaMethod method : all.get(type).getMethods()) {
                String[] parameters = method.getRawParameterTypes().stream()
                        .map(JavaClass::getName)
                        .toArray(String[]::new);
                if (all.get(decorator)
                        .tryGetMethod(method.getName(), parameters)
                        .isEmpty()) {
                    missing.add(type.getSimpleName() + "." + method.getName());
                }
            }
        });
        assertThat(missing).containsExactly("Sink.store", "Storage.below", "Storage.tryOpenCached");
    }

    @Test
    void no_two_types_share_a_name() {
        Map<String, List<String>> byName = all.stream()
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(
                        JavaClass::getSimpleName, Collectors.mapping(JavaClass::getName, Collectors.toList())));
        byName.values().removeIf(types -> types.size() == 1);
        assertThat(byName).isEmpty();
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
