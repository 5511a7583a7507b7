package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TftpServerBuilderTest {
    private static final RequestPolicy POLICY = (request, peer) -> {
        throw new AssertionError("no request is expected");
    };

    private final MemoryStorage files = new MemoryStorage(1000, WriteRules.READ_ONLY);

    private TftpServerBuilder builder() {
        return onPort(0);
    }

    private TftpServerBuilder onPort(int port) {
        return TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .eventLoops(1);
    }

    private static void assertRefused(TftpServerBuilder builder, String message) {
        assertThatIllegalArgumentException().isThrownBy(builder::check).withMessage(message);
    }

    @Test
    void settings_that_a_policy_would_replace_are_refused() {
        assertRefused(
                TftpServer.builder().storage(files).policy(POLICY),
                "storage: set beside a policy (expected: only one of them)");
        assertRefused(
                TftpServer.builder().policy(POLICY).limits(TransferLimits.DEFAULT),
                "limits: set beside a policy (expected: only one of them)");
        assertRefused(
                TftpServer.builder().policy(POLICY).pathMtu(true),
                "path MTU: set beside a policy (expected: only one of them)");
        TftpServer.builder()
                .policy(POLICY)
                .mtu(NetworkMtu.parse("10.0.0.0/8=1400"))
                .check();
        TftpServer.builder()
                .storage(files)
                .limits(TransferLimits.DEFAULT)
                .pathMtu(false)
                .check();
    }

    @Test
    void polling_is_refused_for_event_loops_of_the_embedding_program() {
        EventLoopGroup shared = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        assertRefused(
                builder().eventLoops(shared).busyPoll(Duration.ofMillis(1)),
                "busy poll: PT0.001S (expected: 0 beside event loops of the embedding program)");
        builder()
                .eventLoops(shared)
                .eventLoops(1)
                .busyPoll(Duration.ofMillis(1))
                .check();
        shared.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void a_server_without_a_storage_and_a_policy_is_refused() {
        assertRefused(TftpServer.builder(), "storage: none (expected: a storage or a policy)");
    }

    /** Records the calls of a listener, and fails in {@code started} if told so. */
    private static ServerLifecycleListener recording(String name, List<String> calls, boolean failing) {
        return new ServerLifecycleListener() {
            @Override
            public void started(TftpServer server) throws IOException {
                calls.add(name + " started, serving " + server.isServing() + ", stopping " + server.isStopping()
                        + ", addresses " + server.addresses().size());
                if (failing) {
                    throw new IOException("port is taken");
                }
                server.eventLoops().submit(() -> calls.add(name + " on a loop")).awaitUninterruptibly();
            }

            @Override
            public void stopping() {
                calls.add(name + " stopping");
            }
        };
    }

    @Test
    void lifecycle_listeners_get_the_running_server_and_are_told_of_its_stop_once() throws IOException {
        List<String> calls = new ArrayList<>();
        TftpServer server = builder()
                .lifecycleListener(recording("a", calls, false))
                .lifecycleListener(recording("b", calls, false))
                .start();
        server.stop(Duration.ZERO);
        server.close();
        assertThat(server.isStopping()).isTrue();
        assertThat(calls)
                .containsExactly(
                        "a started, serving true, stopping false, addresses 1",
                        "a on a loop",
                        "b started, serving true, stopping false, addresses 1",
                        "b on a loop",
                        "a stopping",
                        "b stopping");
    }

    @Test
    void requests_are_still_served_during_the_drain_delay() throws Exception {
        files.put("f", new byte[1]);
        TftpServer server = builder().drainDelay(Duration.ofMinutes(10)).start();
        Thread stop = new Thread(server::close);
        stop.start();
        try (RawSocketPeer client = new RawSocketPeer()) {
            while (!server.isStopping()) {
                Thread.onSpinWait();
            }
            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            client.expect(0, 3, 0, 1, 0);
            client.send(0, 4, 0, 1);
        } finally {
            stop.interrupt(); // ends the delay
            stop.join();
        }
        assertRefused(builder().drainDelay(Duration.ofSeconds(-1)), "drain delay: PT-1S (expected: >= 0)");
    }

    @Test
    void a_lifecycle_listener_that_cannot_start_stops_the_start() {
        List<String> calls = new ArrayList<>();
        assertThatThrownBy(() -> builder()
                        .lifecycleListener(recording("a", calls, true))
                        .lifecycleListener(recording("b", calls, false))
                        .start())
                .hasMessage("port is taken");
        assertThat(calls)
                .containsExactly("a started, serving true, stopping false, addresses 1", "a stopping", "b stopping");
    }

    @Test
    void a_failed_start_releases_everything_also_if_a_listener_fails_again() throws IOException {
        AtomicInteger port = new AtomicInteger();
        List<String> calls = new ArrayList<>();
        ServerLifecycleListener failing = new ServerLifecycleListener() {
            @Override
            public void started(TftpServer server) throws IOException {
                port.set(server.port());
                throw new IOException("port is taken");
            }

            @Override
            public void stopping() {
                throw new IllegalStateException("not started");
            }

            @Override
            public void stopped() {
                calls.add("stopped");
            }
        };
        assertThatThrownBy(() -> builder().lifecycleListener(failing).start()).hasMessage("not started");
        assertThat(calls).containsExactly("stopped");
        try (TftpServer again = onPort(port.get()).start()) {
            assertThat(again.port()).isEqualTo(port.get());
        }
    }

    @Test
    void storages_are_called_on_the_executor_of_the_embedding_program() throws Exception {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        Storage storage = (request, peer) -> {
            threads.add(Thread.currentThread().getName());
            return files.read(request, peer);
        };
        files.put("f", new byte[1]);
        ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "own-io"));
        try (TftpServer server = builder()
                        .storage(storage)
                        .ioExecutors(group -> executor)
                        .start();
                RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            client.expect(0, 3, 0, 1, 0);
            client.send(0, 4, 0, 1);
            server.stop(Duration.ofSeconds(30));
            assertThat(threads).containsExactly("own-io");
            assertThat(executor.isShutdown()).isFalse();
        } finally {
            executor.shutdown();
        }
    }
}
