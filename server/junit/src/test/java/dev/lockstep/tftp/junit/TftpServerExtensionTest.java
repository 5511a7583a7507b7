package dev.lockstep.tftp.junit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.lockstep.tftp.client.TftpClient;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs sample test classes with the extension, in a JUnit run of their own. */
@Timeout(120)
class TftpServerExtensionTest {
    private static final Map<String, String> SEQUENTIAL =
            Map.of("junit.jupiter.extensions.autodetection.enabled", "false");
    private static final String PARALLEL = "junit.jupiter.execution.parallel.";

    /** The observations of the samples: the ports of their servers, mostly. */
    private static final Queue<Object> SEEN = new ConcurrentLinkedQueue<>();

    /** Collects the results of tests and containers by their names. */
    private static final class Results implements TestExecutionListener {
        private final Map<String, TestExecutionResult> byName = new ConcurrentHashMap<>();
        private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        private final Queue<String> passed = new ConcurrentLinkedQueue<>();

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            byName.put(test.getDisplayName(), result);
            result.getThrowable().ifPresent(failures::add);
            if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                passed.add(test.getDisplayName());
            }
        }

        Throwable failure() {
            assertThat(failures).hasSize(1);
            return failures.element();
        }

        void requirePassed(int tests) {
            assertThat(failures).isEmpty();
            assertThat(passed).hasSize(tests);
        }
    }

    private static Results run(Class<?> sample, Map<String, String> configuration) {
        SEEN.clear();
        Results results = new Results();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(sample))
                .configurationParameters(configuration)
                .build();
        LauncherFactory.create().execute(request, results);
        return results;
    }

    private static Results run(Class<?> sample) {
        return run(sample, SEQUENTIAL);
    }

    private static byte[] get(URI uri) throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            return client.get(uri);
        }
    }

    @TftpServerTest(resources = "firmware")
    static class EachItsOwn {
        @BeforeEach
        void serve(TftpFixture tftp) {
            assertThat(tftp.requests()).isEmpty();
            tftp.serve("f", "x");
        }

        @Test
        void one(TftpFixture tftp, @TftpAddress int port, @TftpAddress URI root, @TftpAddress String authority)
                throws IOException {
            SEEN.add(tftp.port());
            assertThat(port).isEqualTo(tftp.port());
            assertThat(root).hasToString("tftp://" + authority + "/");
            assertThat(get(root.resolve("f"))).hasSize(1);
            assertThat(get(tftp.uri("pxe.0"))).hasSize(10);
        }

        @Test
        void other(TftpFixture tftp, @TftpAddress InetSocketAddress address) throws IOException {
            SEEN.add(tftp.port());
            assertThat(address).isEqualTo(tftp.address());
            assertThat(get(tftp.uri("f"))).hasSize(1);
        }

        @Nested
        class Within {
            @Test
            void nested(TftpFixture tftp) throws IOException {
                SEEN.add(tftp.port());
                assertThat(get(tftp.uri("f"))).hasSize(1);
            }
        }
    }

    @Test
    void each_test_has_a_server_of_its_own() {
        run(EachItsOwn.class).requirePassed(3);
        assertThat(SEEN).hasSize(3).doesNotHaveDuplicates();
        requireNothingLeft();
    }

    @TftpServerTest(shared = true)
    static class Shared {
        private static int port;

        private final TftpFixture ofInstance;

        Shared(TftpFixture tftp) {
            this.ofInstance = tftp;
        }

        @BeforeAll
        static void configure(@TftpAddress int number, TftpFixture tftp) {
            port = number;
            tftp.serve("before-all", "x");
        }

        @Test
        void one(TftpFixture tftp) throws IOException {
            uses(tftp);
            assertThat(ofInstance).isSameAs(tftp);
        }

        @Test
        void other(TftpFixture tftp) throws IOException {
            uses(tftp);
        }

        private static void uses(TftpFixture tftp) throws IOException {
            SEEN.add(tftp.port());
            assertThat(tftp.port()).isEqualTo(port);
            assertThat(tftp.requests()).isEmpty();
            tftp.serve("f", "x");
            assertThat(get(tftp.uri("f"))).hasSize(1);
        }

        @Nested
        class OfTheOuterClass {
            @Test
            void nested(TftpFixture tftp) throws IOException {
                uses(tftp);
            }
        }

        @Nested
        @TftpServerTest(shared = true, readOnly = true)
        class OfItsOwn {
            @Test
            void nested(TftpFixture tftp) {
                assertThat(tftp.port()).isNotEqualTo(port);
                assertThat(tftp.server().isServing()).isTrue();
            }
        }
    }

    @Test
    void a_shared_server_is_reset_before_each_test_and_used_by_nested_classes() {
        run(Shared.class).requirePassed(4);
        assertThat(SEEN).hasSize(3).containsOnly(Shared.port);
        requireNothingLeft();
    }

    static class Fields {
        @RegisterExtension
        static TftpServerExtension shared = TftpServerExtension.create();

        @RegisterExtension
        final TftpServerExtension own =
                TftpServerExtension.with(TftpFixture.builder().resources("firmware"));

        private static TftpFixture first;

        @Test
        void one(TftpFixture parameter) throws IOException {
            uses(parameter);
        }

        @Test
        void other(TftpFixture parameter) throws IOException {
            uses(parameter);
        }

        private void uses(TftpFixture parameter) throws IOException {
            assertThat(parameter).isSameAs(shared.fixture()).isNotSameAs(own.fixture());
            assertThat(first == null || first == shared.fixture()).isTrue();
            first = shared.fixture();
            assertThat(first.requests()).isEmpty();
            SEEN.add(own.fixture().port());
            own.fixture().serve("f", "x");
            first.serve("f", "x");
            assertThat(get(own.fixture().uri("f"))).isEqualTo(get(first.uri("f")));
            assertThat(get(own.fixture().uri("pxe.0"))).hasSize(10);
        }
    }

    @Test
    void a_static_field_is_shared_and_another_one_is_not() {
        run(Fields.class).requirePassed(2);
        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
        requireNothingLeft();
    }

    @TftpServerTest
    static class Failing {
        @Test
        void fails(TftpFixture tftp) throws IOException {
            tftp.serve("startup.cfg", "hostname r7");
            get(tftp.uri("startup.cfg"));
            fail("as expected");
        }

        @Test
        void is_aborted(TftpFixture tftp) {
            Assumptions.abort("no router");
        }
    }

    @Test
    void the_stack_trace_of_a_failed_test_shows_the_packets() {
        Results results = run(Failing.class);
        Throwable failure =
                results.byName.get("fails(TftpFixture)").getThrowable().orElseThrow();
        assertThat(failure).hasMessage("as expected");
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0].toString())
                .contains(
                        "TFTP server 127.0.0.1:",
                        "read startup.cfg octet",
                        "RRQ startup.cfg",
                        "DATA 1 (11 bytes, last)");
        assertThat(results.byName
                        .get("is_aborted(TftpFixture)")
                        .getThrowable()
                        .orElseThrow()
                        .getSuppressed())
                .isEmpty();
    }

    @ExtendWith(TftpServerExtension.class)
    static class WithoutAnnotation {
        @Test
        void test(TftpFixture tftp) {
            assertThat(tftp.requests()).isEmpty();
        }
    }

    @Test
    void the_extension_alone_has_the_default_settings() {
        run(WithoutAnnotation.class).requirePassed(1);
    }

    @TftpServerTest
    static class InConstructor {
        InConstructor(TftpFixture tftp) {}

        @Test
        void test() {}
    }

    @TftpServerTest
    static class AsLong {
        @Test
        void test(@TftpAddress long port) {}
    }

    @TftpServerTest(shared = true)
    @Execution(ExecutionMode.CONCURRENT)
    static class SharedInParallel {
        @Test
        void test() {}
    }

    @TftpServerTest(shared = true, reset = false)
    @Execution(ExecutionMode.CONCURRENT)
    static class SharedInParallelWithoutReset {
        @RepeatedTest(20)
        void test(TftpFixture tftp) throws IOException {
            SEEN.add(tftp.port());
            String name = Thread.currentThread().getName();
            tftp.serve(name, name);
            assertThat(new String(get(tftp.uri(name)), UTF_8)).isEqualTo(name);
        }
    }

    @Test
    void wrong_uses_are_explained() {
        assertThat(run(InConstructor.class).failure()).hasMessageContaining("expected: @TftpServerTest(shared = true)");
        assertThat(run(AsLong.class).failure()).hasMessageContaining("@TftpAddress long (expected: int,");
        Map<String, String> parallel = Map.of(PARALLEL + "enabled", "true");
        assertThat(run(SharedInParallel.class, parallel).failure())
                .hasMessageContaining("tests that run in parallel share a server");
        run(SharedInParallel.class).requirePassed(1); // the annotation alone changes nothing
        run(SharedInParallelWithoutReset.class, parallel).requirePassed(20);
        assertThat(SEEN).hasSize(20).containsOnly(SEEN.element());
    }

    /** All tests of this class run at once, each with its server. */
    @TftpServerTest
    @Execution(ExecutionMode.CONCURRENT)
    static class Many {
        private static final int SERVERS = 200;
        private static final CyclicBarrier ALL = new CyclicBarrier(SERVERS);
        private static final Set<Integer> PORTS = ConcurrentHashMap.newKeySet();

        private static TftpClient client;

        @RepeatedTest(SERVERS)
        void one_of_many(TftpFixture tftp) throws Exception {
            PORTS.add(tftp.port());
            String name = tftp.port() + ".cfg";
            ALL.await(60, TimeUnit.SECONDS); // all servers listen
            client.put(name.repeat(1000).getBytes(UTF_8), tftp.uri(name));
            assertThat(tftp.uploads()).containsOnlyKeys(name);
            tftp.nextTransfer().drop(PacketType.DATA, 1);
            assertThat(new String(client.get(tftp.uri(name)), UTF_8)).isEqualTo(name.repeat(1000));
            assertThat(tftp.requests()).hasSize(2);
            ALL.await(60, TimeUnit.SECONDS);
        }
    }

    /** Leaked buffers fail this class: see {@code LeakCheck}. */
    @Test
    @Tag("many")
    void two_hundred_servers_run_at_once_twice_and_leave_nothing() throws IOException {
        String count = Integer.toString(Many.SERVERS);
        Map<String, String> parallel = Map.of(
                PARALLEL + "enabled",
                "true",
                PARALLEL + "config.strategy",
                "fixed",
                PARALLEL + "config.fixed.parallelism",
                count);
        long sockets = openSockets();
        for (int round = 0; round < 2; round++) {
            Many.PORTS.clear();
            try (TftpClient client = TftpClient.builder().build()) {
                Many.client = client;
                run(Many.class, parallel).requirePassed(Many.SERVERS);
            }
            assertThat(Many.PORTS).hasSize(Many.SERVERS);
            requireNothingLeft();
            assertThat(openSockets()).isEqualTo(sockets);
        }
    }

    /**
     * Checks that no thread of a server is left: at most their last instructions are still running. Netty's own executor
     * for the end of others ends a second after them.
     */
    private static void requireNothingLeft() {
        try {
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("tftp-fixture")) {
                    thread.join(10_000);
                    assertThat(thread.isAlive()).as(thread.getName()).isFalse();
                }
            }
            assertThat(GlobalEventExecutor.INSTANCE.awaitInactivity(10, TimeUnit.SECONDS))
                    .isTrue();
        } catch (IllegalStateException neverStarted) {
            assertThat(neverStarted).hasMessageContaining("thread was not started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted");
        }
    }

    /** Returns the number of sockets of this process, or 0 if the system does not tell. */
    private static long openSockets() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.filter(TftpServerExtensionTest::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException gone) {
            return false;
        }
    }

    /** Without JUnit, the last fixture ends the threads. */
    @Test
    void the_last_fixture_that_is_closed_ends_the_threads() {
        List<TftpFixture> fixtures =
                Stream.generate(TftpFixture::start).limit(3).toList();
        fixtures.get(0).close();
        fixtures.get(0).close();
        fixtures.get(1).close();
        assertThat(fixtures.get(2).server().isServing()).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .anyMatch(name -> name.startsWith("tftp-fixture"));
        fixtures.get(2).close();
        requireNothingLeft();
    }
}
