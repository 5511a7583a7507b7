package dev.lockstep.tftp.server;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.internal.capture.PacketCapture;
import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.RecordedEvents;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.local.LocalIoHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedServerTest {
    private static final TransferLimits SLOW_TIMER =
            TransferLimits.DEFAULT.withTimes(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(11));
    private static final String FULL = "x".repeat(512);

    private final RecordedEvents events = new RecordedEvents();
    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
    private TftpServer server;
    private RawSocketPeer client;

    @BeforeEach
    void a_client() throws IOException {
        client = new RawSocketPeer();
        files.put("small", "hello".getBytes());
        files.put("other", "goodbye".getBytes());
        files.put("large", (FULL + FULL + "rest").getBytes());
        files.put("empty", new byte[0]);
    }

    @AfterEach
    void nothing_stays_running() throws InterruptedException {
        client.close();
        if (server != null) {
            server.stop(Duration.ZERO);
            assertThat(server.runningTransfers()).isZero();
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("tftp")) {
                thread.join(15_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    /** A retransmission timer that is too slow to expire during a test, however busy the machine. */
    private TftpServerBuilder builder() {
        return TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .eventLoops(2)
                .drain(Duration.ZERO)
                .limits(SLOW_TIMER)
                .listener(events);
    }

    private void start(TftpServerBuilder builder) throws IOException {
        server = builder.start();
    }

    private void ask(Object... message) throws IOException {
        client.sendTo(server.port(), message);
    }

    private void read(String name, Object... options) throws IOException {
        Object[] request = {0, 1, name, 0, "octet", 0};
        Object[] all = java.util.Arrays.copyOf(request, request.length + options.length);
        System.arraycopy(options, 0, all, request.length, options.length);
        ask(all);
    }

    private TransferEvent.Ended ended() throws InterruptedException {
        return events.await(TransferEvent.Ended.class);
    }

    @Test
    void the_server_can_be_embedded_in_a_few_lines(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("boot.img"), "image");
        Storage storage = DirectoryStorage.at(folder, WriteRules.READ_ONLY);
        try (TftpServer embedded = TftpServer.builder().storage(storage).port(0).start()) {
            client.sendTo(embedded.port(), 0, 1, "boot.img", 0, "octet", 0);
            client.expect(0, 3, 0, 1, "image");
            client.send(0, 4, 0, 1);
        }
    }

    @Test
    void the_first_request_that_a_starting_server_receives_is_answered() throws Exception {
        InetSocketAddress listening;
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress("127.0.0.43", 0))) {
            listening = (InetSocketAddress) free.getLocalSocketAddress();
        }
        CompletableFuture<TftpServer> starting = CompletableFuture.supplyAsync(() -> startAt(listening));
        DatagramPacket answer = askUntilSomebodyListens(listening, bytes(0, 1, "small", 0, "octet", 0));
        server = starting.get();
        assertThat(ByteBufUtil.hexDump(answer.getData(), 0, answer.getLength()))
                .isEqualTo(ByteBufUtil.hexDump(bytes(0, 3, 0, 1, "hello")));
    }

    private TftpServer startAt(InetSocketAddress address) {
        try {
            return TftpServer.builder()
                    .storage(files)
                    .listen(address)
                    .limits(SLOW_TIMER)
                    .portModes(peer -> PortMode.SINGLE)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request from a new socket each time, until the kernel no longer reports the port as unreachable. */
    private static DatagramPacket askUntilSomebodyListens(InetSocketAddress listening, ByteBuf request)
            throws IOException {
        byte[] sent = ByteBufUtil.getBytes(request);
        DatagramPacket answer = new DatagramPacket(new byte[600], 600);
        while (true) {
            try (DatagramSocket peer = new DatagramSocket()) {
                peer.connect(listening);
                peer.setSoTimeout(20_000);
                peer.send(new DatagramPacket(sent, sent.length));
                peer.receive(answer);
                return answer;
            } catch (PortUnreachableException notYet) {
                // retry
            }
        }
    }

    @Test
    void a_capture_on_a_full_disk_ends_with_one_report_and_the_server_continues() throws Exception {
        OutputStream full = new OutputStream() {
            private int room = 24; // the size of the header of a capture file

            @Override
            public void write(int value) throws IOException {
                if (room-- <= 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
        List<IOException> failures = new CopyOnWriteArrayList<>();
        start(builder().tap(new PacketCapture(full, failures::add)));
        for (int i = 0; i < 3; i++) {
            read("small");
            client.expect(0, 3, 0, 1, "hello");
            client.send(0, 4, 0, 1);
            assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
        }
        server.stop(Duration.ZERO);
        assertThat(failures)
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessage("No space left on device"));
    }

    @Test
    void a_read_is_served_from_a_port_of_its_own() throws Exception {
        start(builder());
        read("large");
        client.expect(0, 3, 0, 1, FULL);
        assertThat(client.peer().getPort()).isNotEqualTo(server.port());
        InetSocketAddress tid = client.peer();
        client.send(0, 4, 0, 1);
        client.expect(0, 3, 0, 2, FULL);
        assertThat(client.peer()).isEqualTo(tid);
        client.send(0, 4, 0, 2);
        client.expect(0, 3, 0, 3, "rest");
        client.send(0, 4, 0, 3);
        TransferEvent.Ended end = ended();
        assertThat(end.outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(end.stats().bytes()).isEqualTo(1028);
        assertThat(server.runningTransfers()).isZero();
    }

    @Test
    void a_windowed_read_is_served_after_its_oack() throws Exception {
        start(builder());
        read("large", "tsize", 0, "0", 0, "BLKSIZE", 0, "1024", 0, "windowsize", 0, "4", 0);
        client.expect(0, 6, "tsize", 0, "1028", 0, "BLKSIZE", 0, "1024", 0, "windowsize", 0, "4", 0);
        assertThat(events.await(TransferEvent.Started.class).granted())
                .hasToString("tsize=1028 BLKSIZE=1024 windowsize=4");
        client.send(0, 4, 0, 0);
        client.expect(0, 3, 0, 1, FULL, FULL);
        client.expect(0, 3, 0, 2, "rest");
        client.send(0, 4, 0, 2);
        assertThat(ended().settings())
                .isEqualTo(TransferSettings.builder()
                        .blksize(1024)
                        .windowsize(4)
                        .tsize(1028)
                        .build());
    }

    @Test
    void a_write_is_stored_before_its_last_ack() throws Exception {
        start(builder());
        ask(0, 2, "up", 0, "octet", 0, "tsize", 0, "516", 0);
        client.expect(0, 6, "tsize", 0, "516", 0);
        client.send(0, 3, 0, 1, FULL);
        client.expect(0, 4, 0, 1);
        client.send(0, 3, 0, 2, "rest");
        client.expect(0, 4, 0, 2);
        try (Source stored = files.read(rrq("up"), client.peer())) {
            assertThat(stored.size()).isEqualTo(516);
        }
        assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(server.runningTransfers())
                .as("dallying transfers do not count")
                .isZero();
        client.send(0, 3, 0, 2, "rest");
        client.expect(0, 4, 0, 2);
    }

    @Test
    void servers_share_event_loops_and_leave_nothing_on_them() throws Exception {
        EventLoopGroup shared = Transport.NIO.newGroup(1, "tftp");
        int channels = ((SingleThreadEventLoop) shared.next()).registeredChannels();
        try (TftpServer other = builder().eventLoops(shared).start()) {
            start(builder().eventLoops(shared));
            assertThat(server.eventLoops()).isSameAs(shared);
            ask(0, 2, "up", 0, "octet", 0);
            client.expect(0, 4, 0, 0);
            client.send(0, 3, 0, 1, "dallies");
            client.expect(0, 4, 0, 1);
            read("large"); // is running at the end, too
            client.expect(0, 3, 0, 1, FULL);
            server.stop(Duration.ZERO);
            client.expect(0, 5, 0, 0, "server is shutting down", 0);
            client.sendTo(other.port(), 0, 1, "small", 0, "octet", 0);
            client.expect(0, 3, 0, 1, "hello");
            client.send(0, 4, 0, 1);
        }
        assertThat(((SingleThreadEventLoop) shared.next()).registeredChannels()).isEqualTo(channels);
        assertThat(shared.isShuttingDown()).isFalse();
        shared.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void event_loops_of_another_transport_are_refused() {
        EventLoopGroup local = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        assertThatThrownBy(() -> builder().eventLoops(local).start())
                .hasMessageContaining("(expected: those of NIO or epoll)");
        local.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void netascii_is_converted_both_ways() throws Exception {
        start(builder());
        ask(0, 2, "text", 0, "NetASCII", 0);
        client.expect(0, 4, 0, 0);
        client.send(0, 3, 0, 1, "one\r\ntwo\r\0");
        client.expect(0, 4, 0, 1);
        try (Source stored = files.read(rrq("text"), client.peer())) {
            assertThat(stored.size()).isEqualTo("one\ntwo\r".length());
        }
        ask(0, 1, "text", 0, "netascii", 0, "tsize", 0, "0", 0);
        client.expect(0, 3, 0, 1, "one\r\ntwo\r\0"); // its size is not known, so there is no OACK
        client.send(0, 4, 0, 1);
    }

    @Test
    @Tag("case-1")
    void case01_a_repeated_request_joins_the_running_transfer() throws Exception {
        start(builder());
        read("small");
        client.expect(0, 3, 0, 1, "hello");
        InetSocketAddress tid = client.peer();
        read("small");
        client.expect(0, 3, 0, 1, "hello");
        assertThat(client.peer()).isEqualTo(tid);
        client.send(0, 4, 0, 1);
        ended();
        assertThat(events.all())
                .filteredOn(event -> event instanceof TransferEvent.Requested)
                .hasSize(1);
    }

    @Test
    @Tag("case-1")
    void case01_another_name_from_the_same_port_replaces_the_first() throws Exception {
        start(builder());
        read("small");
        client.expect(0, 3, 0, 1, "hello");
        InetSocketAddress first = client.peer();
        read("other");
        client.expect(0, 3, 0, 1, "goodbye");
        assertThat(client.peer()).isNotEqualTo(first);
        assertThat(ended().outcome()).isIn(Outcome.REPLACED, Outcome.UNCONFIRMED);
        client.send(0, 4, 0, 1);
        assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-F5")
    void f05_a_client_that_is_allowed_one_transfer_may_replace_it() throws Exception {
        start(builder().maxTransfers(1, 1));
        read("large");
        client.expect(0, 3, 0, 1, FULL);
        read("other");
        client.expect(0, 3, 0, 1, "goodbye");
        client.send(0, 4, 0, 1);
        assertThat(ended().outcome()).isEqualTo(Outcome.REPLACED);
        assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(server.runningTransfers()).isZero();
    }

    @Test
    @Tag("case-F5")
    void f05_the_next_file_may_be_requested_from_the_same_port_at_once() throws Exception {
        start(builder().maxTransfers(1, 1));
        for (int i = 0; i < 20; i++) {
            read("small");
            client.expect(0, 3, 0, 1, "hello");
            client.send(0, 4, 0, 1);
            read("other");
            client.expect(0, 3, 0, 1, "goodbye");
            client.send(0, 4, 0, 1);
        }
        for (int i = 0; i < 40; i++) {
            assertThat(ended().outcome()).isIn(Outcome.COMPLETE, Outcome.UNCONFIRMED);
        }
    }

    @Test
    @Tag("case-2")
    void case02_a_repeated_write_request_opens_the_file_once() throws Exception {
        List<String> opened = new CopyOnWriteArrayList<>();
        MemorySink sink = new MemorySink();
        start(builder().storage(new Storage() {
            @Override
            public Source read(ReadRequest request, InetSocketAddress peer) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Sink write(WriteRequest request, InetSocketAddress peer) {
                opened.add(request.filename());
                return sink;
            }
        }));
        ask(0, 2, "up", 0, "octet", 0);
        client.expect(0, 4, 0, 0);
        ask(0, 2, "up", 0, "octet", 0);
        client.expect(0, 4, 0, 0);
        client.send(0, 3, 0, 1, "data");
        client.expect(0, 4, 0, 1);
        ask(0, 2, "up", 0, "octet", 0); // case 66: late, while the transfer dallies
        client.expect(0, 4, 0, 1);
        assertThat(opened).containsExactly("up");
        assertThat(sink.content()).isEqualTo("data".getBytes());
    }

    @Test
    @Tag("case-F6")
    void f06_a_name_that_does_not_exist_is_error_1_and_nothing_else() throws Exception {
        start(builder());
        for (int i = 0; i < 10; i++) {
            read("pxelinux.cfg/" + i, "tsize", 0, "0", 0);
            client.expect(0, 5, 0, 1, "file not found", 0);
        }
        events.await(TransferEvent.Refused.class);
        assertThat(client.countArrived()).isZero();
    }

    @Test
    @Tag("case-11")
    void case11_an_empty_file_is_one_empty_block() throws Exception {
        start(builder());
        read("empty", "tsize", 0, "0", 0);
        client.expect(0, 6, "tsize", 0, "0", 0);
        client.send(0, 4, 0, 0);
        client.expect(0, 3, 0, 1);
        client.send(0, 4, 0, 1);
        assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-33")
    void case33_a_write_announced_too_large_is_error_3_before_any_ack() throws Exception {
        start(builder());
        ask(0, 2, "up", 0, "octet", 0, "tsize", 0, "99999999999", 0);
        client.expectError(3);
        events.await(TransferEvent.Refused.class);
    }

    @Test
    @Tag("case-53")
    void case53_a_request_that_is_malformed_is_error_4() throws Exception {
        start(builder());
        ask(0, 1, "f", 0, "octet");
        client.expectError(4);
        assertThat(client.peer().getPort()).isNotEqualTo(server.port());
        ask(0, 1, "f");
        client.expectError(4);
        ask(0, 2, 0, "octet", 0);
        client.expectError(4);
        ask(0, 1, "f", 0, "mail", 0);
        client.expectError(4);
        ask(0, 1, "x".repeat(600), 0, "octet", 0);
        client.expectError(4);
        read("small");
        client.expect(0, 3, 0, 1, "hello");
    }

    @Test
    @Tag("case-53")
    void case53_a_tolerant_server_serves_without_the_last_nul() throws Exception {
        start(builder().strictness(Strictness.TOLERANT));
        ask(0, 1, "small", 0, "octet");
        client.expect(0, 3, 0, 1, "hello");
    }

    @Test
    @Tag("case-60")
    void case60_a_datagram_that_is_no_request_is_dropped_silently() throws Exception {
        start(builder());
        ask();
        ask(1);
        ask(0, 3, 0, 1, "data");
        ask(0, 4, 0, 1);
        ask(0, 5, 0, 0, "error");
        ask(0, 6, "tsize", 0, "1", 0);
        ask(0, 9, 0, 0);
        for (int i = 0; i < 7; i++) {
            events.await(TransferEvent.Dropped.class);
        }
        read("small");
        client.expect(0, 3, 0, 1, "hello");
        client.send(0, 4, 0, 1);
        ended();
        assertThat(client.countArrived()).isZero();
    }

    @Test
    void a_transfer_over_the_quota_is_refused_and_admitted_later() throws Exception {
        start(builder().maxTransfers(1, 1));
        read("large");
        client.expect(0, 3, 0, 1, FULL);
        try (RawSocketPeer other = new RawSocketPeer()) {
            other.sendTo(server.port(), 0, 1, "small", 0, "octet", 0);
            other.expectError(0);
            client.send(0, 5, 0, 0, "enough", 0);
            assertThat(ended().outcome()).isEqualTo(Outcome.STOPPED);
            other.sendTo(server.port(), 0, 1, "small", 0, "octet", 0);
            other.expect(0, 3, 0, 1, "hello");
        }
    }

    @Test
    void a_refused_request_does_not_count_against_the_quota() throws Exception {
        start(builder().maxTransfers(1, 1));
        for (int i = 0; i < 5; i++) {
            read("nowhere" + i);
            client.expectError(1);
        }
        events.await(TransferEvent.Refused.class);
        read("small");
        client.expect(0, 3, 0, 1, "hello");
    }

    @Test
    void a_storage_with_a_fault_is_error_0_without_details() throws Exception {
        start(builder().storage(new Storage() {
            @Override
            public Source read(ReadRequest request, InetSocketAddress peer) {
                throw new IllegalStateException("/srv/secret");
            }

            @Override
            public Sink write(WriteRequest request, InetSocketAddress peer) {
                throw new OutOfMemoryError("no more");
            }
        }));
        read("f");
        client.expect(0, 5, 0, 0, "internal error", 0);
        ask(0, 2, "f", 0, "octet", 0);
        client.expect(0, 5, 0, 0, "internal error", 0);
        assertThat(events.await(TransferEvent.Refused.class).error().explained())
                .isEqualTo("internal error (java.lang.IllegalStateException: /srv/secret)");
        assertThat(events.await(TransferEvent.Refused.class).error().explained())
                .isEqualTo("internal error (java.lang.OutOfMemoryError: no more)");
        assertThat(server.runningTransfers()).isLessThanOrEqualTo(1);
    }

    @Test
    void the_end_of_a_transfer_is_reported_after_its_file_is_closed_even_if_that_fails() throws Exception {
        ByteArraySource source = new ByteArraySource("rest".getBytes());
        MemorySink sink = new MemorySink();
        List<Boolean> closedAtEnd = new CopyOnWriteArrayList<>();
        start(TftpServer.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .limits(SLOW_TIMER)
                .storage(new Storage() {
                    @Override
                    public Source read(ReadRequest request, InetSocketAddress peer) {
                        return source;
                    }

                    @Override
                    public Sink write(WriteRequest request, InetSocketAddress peer) {
                        return new ForwardingSink(sink) {
                            @Override
                            public void close() throws IOException {
                                super.close();
                                throw new LinkageError("secret");
                            }
                        };
                    }
                })
                .listener(event -> {
                    if (event instanceof TransferEvent.Ended) {
                        closedAtEnd.add(source.isClosed());
                        closedAtEnd.add(sink.isClosed());
                    }
                })
                .listener(events));
        read("f");
        client.expect(0, 3, 0, 1, "rest");
        client.send(0, 4, 0, 1);
        ended();
        assertThat(closedAtEnd).containsExactly(true, false);
        ask(0, 2, "f", 0, "octet", 0);
        client.expect(0, 4, 0, 0);
        client.send(0, 3, 0, 1, "rest");
        client.expect(0, 4, 0, 1);
        ended();
        assertThat(closedAtEnd).containsExactly(true, false, true, true);
        assertThat(sink.isCommitted()).isTrue();
    }

    @Test
    void a_listener_that_throws_loses_no_transfer_and_no_refusal() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        try {
            start(TftpServer.builder()
                    .storage(files)
                    .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .listener(event -> {
                        throw new IllegalStateException("listener");
                    })
                    .listener(events));
            read("nowhere");
            client.expectError(1);
            read("small");
            client.expect(0, 3, 0, 1, "hello");
            client.send(0, 4, 0, 1);
            assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
            server.close();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(uncaught).isNotEmpty();
    }

    @Test
    @Tag("case-F5")
    void f05_requests_repeated_while_the_storage_is_slow_get_one_answer() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        List<String> asked = new CopyOnWriteArrayList<>();
        start(builder().storage(new Storage() {
            @Override
            public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
                asked.add(request.filename());
                try {
                    open.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return new ByteArraySource("late".getBytes());
            }

            @Override
            public Sink write(WriteRequest request, InetSocketAddress peer) {
                throw new UnsupportedOperationException();
            }
        }));
        for (int i = 0; i < 5; i++) {
            read("slow");
        }
        ask(0, 9); // dropped after the five have been read, since they share a socket
        events.await(TransferEvent.Dropped.class);
        open.countDown();
        client.expect(0, 3, 0, 1, "late");
        client.send(0, 4, 0, 1);
        ended();
        assertThat(asked).containsExactly("slow");
        assertThat(client.countArrived()).isZero();
    }

    @Test
    @Tag("case-50")
    void case50_an_unreachable_client_port_ends_only_its_transfer() throws Exception {
        start(builder());
        try (RawSocketPeer dying = new RawSocketPeer()) {
            dying.sendTo(server.port(), 0, 1, "large", 0, "octet", 0, "utimeout", 0, "10000", 0);
            dying.expect(0, 6, "utimeout", 0, "10000", 0);
            dying.send(0, 4, 0, 0);
            dying.expectAfterOack(Bytes.bytes(0, 3, 0, 1, FULL)); // the OACK is retransmitted every 10 ms
            dying.vanish();
        }
        assertThat(ended().cause()).hasMessageContaining("gone");
        read("small");
        client.expect(0, 3, 0, 1, "hello");
    }

    @Test
    void a_graceful_shutdown_lets_a_running_transfer_finish_and_admits_no_other() throws Exception {
        start(builder());
        read("large");
        client.expect(0, 3, 0, 1, FULL);
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(() -> server.stop(Duration.ofMinutes(1)));
        client.send(0, 4, 0, 1);
        client.expect(0, 3, 0, 2, FULL);
        assertThat(stopping).isNotDone();
        client.send(0, 4, 0, 2);
        client.expect(0, 3, 0, 3, "rest");
        client.send(0, 4, 0, 3);
        stopping.join();
        assertThat(ended().outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    void a_transfer_that_does_not_finish_in_time_gets_an_error_and_leaves_no_file() throws Exception {
        start(builder());
        ask(0, 2, "up", 0, "octet", 0);
        client.expect(0, 4, 0, 0);
        client.send(0, 3, 0, 1, FULL);
        client.expect(0, 4, 0, 1);
        server.stop(Duration.ZERO);
        client.expectError(0);
        assertThat(ended().outcome()).isEqualTo(Outcome.FAILED);
        assertThatThrownBy(() -> files.read(rrq("up"), client.peer())).hasMessage("file not found");
        server.stop(Duration.ZERO);
        server.close();
    }

    @Test
    void a_port_in_use_is_reported_and_nothing_is_left_running() throws Exception {
        start(builder());
        InetSocketAddress taken = server.addresses().get(0);
        assertThatThrownBy(
                        () -> TftpServer.builder().storage(files).listen(taken).start())
                .isInstanceOf(BindException.class)
                .hasMessageContaining(Integer.toString(taken.getPort()));
        read("small");
        client.expect(0, 3, 0, 1, "hello");
    }

    @Test
    void two_addresses_are_served_by_one_server() throws Exception {
        InetSocketAddress second = new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0);
        start(builder().listen(second));
        assertThat(server.addresses()).hasSize(2).allMatch(address -> address.getPort() > 0);
        read("small");
        client.expect(0, 3, 0, 1, "hello");
    }

    @Test
    void a_tap_sees_the_packets_of_a_transfer() throws Exception {
        List<String> lines = new CopyOnWriteArrayList<>();
        CountDownLatch closed = new CountDownLatch(1);
        start(builder().tap(TraceForm.BYTES.onServer(line -> {
            lines.add(line);
            if (line.startsWith("Closing")) {
                closed.countDown();
            }
        })));
        read("small");
        client.expect(0, 3, 0, 1, "hello");
        client.send(0, 4, 0, 1);
        closed.await();
        assertThat(lines)
                .containsExactly(
                        "Received read request from 127.0.0.1:" + client.port(),
                        "C: 00 01 s  m  a  l  l  00 o  c  t  e  t  00",
                        "S: 00 03 00 01 [ 5 bytes of data ] (last)",
                        "C: 00 04 00 01",
                        "Closing connection to client 127.0.0.1:" + client.port());
    }

    @Test
    void invalid_settings_are_rejected_with_their_value() {
        assertThatThrownBy(() -> builder().maxTransfers(0, 1).start()).hasMessage("max transfers: 0 (expected: >= 1)");
        assertThatThrownBy(() -> builder().maxTransfers(1, 0).start()).hasMessageContaining("per client: 0");
        assertThatThrownBy(() -> builder().bufferMemory(0).start()).hasMessageContaining("buffer memory: 0");
        assertThatThrownBy(() -> builder().eventLoops(0).start()).hasMessageContaining("event loops: 0");
        assertThatThrownBy(() -> builder().port(65_536).start()).hasMessageContaining("port: 65536");
        assertThatThrownBy(() -> builder().drain(Duration.ofSeconds(-1)).start())
                .hasMessageContaining("drain");
        assertThatThrownBy(() -> builder().storage(null).start())
                .hasMessage("storage: none (expected: a storage or a policy)");
    }
}
