package dev.lockstep.tftp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.client.internal.connect.ClientOperation.Download;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.RecordedEvents;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a client against a scripted server. */
@Timeout(60)
class TftpClientTest {
    private static final String FULL = "x".repeat(512);
    private static final Object[] RRQ = {0, 1, "f", 0, "octet", 0};
    private static final Object[] WRQ = {0, 2, "f", 0, "octet", 0};
    private static final Object[] OPTIONS = {"blksize", 0, "1428", 0, "windowsize", 0, "64", 0, "tsize", 0, "0", 0};

    private final RecordedEvents events = new RecordedEvents();
    private MemorySink sink = new MemorySink();
    private RawSocketPeer listener;
    private RawSocketPeer server;
    private TftpClient client;

    @BeforeEach
    void a_server_with_a_port_for_requests_and_one_for_the_transfer() throws IOException {
        listener = new RawSocketPeer();
        server = new RawSocketPeer();
        client = withLongTimeouts().listener(events).build();
    }

    /** Returns a builder with timeouts so long that no timer fires, even on a busy machine. */
    private static TftpClientBuilder withLongTimeouts() {
        TransferLimits limits = TransferLimits.DEFAULT
                .withTimes(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(11))
                .withExactSize(true);
        return TftpClient.builder().limits(limits);
    }

    @AfterEach
    void close_and_check_threads() throws InterruptedException {
        client.close();
        listener.close();
        server.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("tftp")) {
                thread.join(15_000);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private void clientWith(TftpClientBuilder builder) {
        client.close();
        client = builder.listener(events).build();
    }

    private RemoteFile remote(TransferMode mode) {
        return new RemoteFile("127.0.0.1", listener.port(), "f", mode);
    }

    private URI uri() {
        return URI.create("tftp://127.0.0.1:" + listener.port() + "/f");
    }

    private CompletableFuture<TransferResult> get() {
        return client.getAsync(TransferRequest.of(remote(TransferMode.OCTET)), sink);
    }

    private CompletableFuture<TransferResult> put(String content) {
        return client.putAsync(new ByteArraySource(content.getBytes()), TransferRequest.of(remote(TransferMode.OCTET)));
    }

    /** Waits for a request and returns the client's port. After that {@link #server} may reply. */
    private int awaitRequest(Object[] request, Object... options) throws IOException {
        Object[] all = java.util.Arrays.copyOf(request, request.length + options.length);
        System.arraycopy(options, 0, all, request.length, options.length);
        return listener.talkTo(null).expect(all).from().getPort();
    }

    private static TransferResult resultOf(CompletableFuture<TransferResult> transfer) throws Exception {
        return transfer.get(30, TimeUnit.SECONDS);
    }

    private static TftpException failureOf(CompletableFuture<TransferResult> transfer) {
        ExecutionException failure = catchThrowableOfType(ExecutionException.class, () -> resultOf(transfer));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure).hasCauseInstanceOf(TftpException.class);
        return (TftpException) failure.getCause();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void expectNothingStored() {
        assertThat(sink.isCommitted()).isFalse();
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    void a_get_uses_the_granted_options() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid, 0, 6, "blksize", 0, "8", 0, "windowsize", 0, "2", 0, "tsize", 0, "20", 0);
        server.expect(0, 4, 0, 0);
        server.send(0, 3, 0, 1, "01234567");
        server.send(0, 3, 0, 2, "89abcdef");
        server.expect(0, 4, 0, 2);
        server.send(0, 3, 0, 3, "rest");
        server.expect(0, 4, 0, 3);
        TransferResult result = resultOf(transfer);
        assertThat(result.outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(result.peer().getPort()).isEqualTo(server.port());
        assertThat(result.settings().blksize()).isEqualTo(8);
        assertThat(result.stats().bytes()).isEqualTo(20);
        assertThat(sink.content()).isEqualTo("0123456789abcdefrest".getBytes());
        assertThat(sink.isCommitted()).isTrue();
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    @Tag("case-21")
    void case21_a_get_from_a_server_that_ignores_all_options_uses_blocks_of_512() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid, 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        server.send(0, 3, 0, 2, "rest");
        server.expect(0, 4, 0, 2);
        assertThat(resultOf(transfer).settings().blksize()).isEqualTo(512);
        assertThat(sink.content()).isEqualTo((FULL + "rest").getBytes());
    }

    @Test
    @Tag("case-68")
    void case68_blksize_8_that_is_not_granted_is_512_from_the_first_data_on() throws Exception {
        clientWith(withLongTimeouts().blksize(8).windowsize(1));
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, "blksize", 0, "8", 0, "tsize", 0, "0", 0);
        server.sendTo(tid, 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        server.send(0, 3, 0, 2);
        server.expect(0, 4, 0, 2);
        resultOf(transfer);
        assertThat(sink.content()).hasSize(512);
    }

    @Test
    void a_client_may_request_no_options() throws Exception {
        clientWith(withLongTimeouts().options(false));
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ);
        server.sendTo(tid, 0, 3, 0, 1);
        server.expect(0, 4, 0, 1);
        assertThat(resultOf(transfer).stats().bytes()).isZero();
        assertThat(sink.isCommitted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"8", "4"})
    @Tag("case-20")
    void case20_a_refused_request_is_repeated_without_options(int code) throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid, 0, 5, 0, code, "no options", 0);
        int second = awaitRequest(RRQ);
        assertThat(second).isNotEqualTo(tid);
        server.sendTo(second, 0, 3, 0, 1, "data");
        server.expect(0, 4, 0, 1);
        resultOf(transfer);
        assertThat(sink.content()).isEqualTo("data".getBytes());
    }

    @Test
    @Tag("case-20")
    void case20_a_refused_request_is_repeated_only_once() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 5, 0, 8, "no options", 0);
        server.sendTo(awaitRequest(RRQ), 0, 5, 0, 8, "still no", 0);
        TftpException failure = failureOf(transfer);
        assertThat(failure.isFromPeer()).isTrue();
        assertThat(failure).hasMessage("still no");
        expectNothingStored();
        assertThat(listener.countArrived()).isZero();
    }

    @Test
    void an_error_fails_the_transfer_with_its_code_and_text() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 5, 0, 1, "no such file", 0);
        TftpException failure = failureOf(transfer);
        assertThat(failure.is(ErrorCode.FILE_NOT_FOUND)).isTrue();
        assertThat(failure.isFromPeer()).isTrue();
        assertThat(failure).hasMessage("no such file");
        expectNothingStored();
        events.await(TransferEvent.Refused.class);
        assertThat(server.countArrived()).as("an ERROR is not answered").isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "blksize 99999999999",
                "blksize -1",
                "blksize 1429",
                "blksize ",
                "windowsize 65",
                "windowsize 0",
                "timeout 1",
                "tsize -1",
                "multicast x"
            })
    @Tag("case-67")
    void case67_an_invalid_oack_is_answered_with_error_8_and_fails_the_transfer(String option) throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid, 0, 6, option.replace(' ', '\0'), 0);
        server.expectError(8);
        TftpException failure = failureOf(transfer);
        assertThat(failure.is(ErrorCode.OPTION_REFUSED)).isTrue();
        assertThat(failure.isFromPeer()).isFalse();
        expectNothingStored();
        assertThat(listener.countArrived()).as("no further request").isZero();
    }

    @Test
    @Tag("case-15")
    void case15_the_request_is_retransmitted_unchanged() throws Exception {
        clientWith(TftpClient.builder());
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        assertThat(awaitRequest(RRQ, OPTIONS)).isEqualTo(tid);
        server.sendTo(tid, 0, 3, 0, 1, "data");
        server.expect(0, 4, 0, 1);
        resultOf(transfer);
    }

    @Test
    void a_server_that_never_replies_reaches_the_idle_timeout() throws Exception {
        Duration short_ = Duration.ofMillis(50);
        clientWith(TftpClient.builder().limits(TransferLimits.DEFAULT.withTimes(short_, short_, short_)));
        CompletableFuture<TransferResult> transfer = get();
        assertThat(failureOf(transfer)).hasMessageContaining("no answer");
        expectNothingStored();
    }

    private static InetAddress[] loopback(int... last) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[last.length];
        for (int i = 0; i < last.length; i++) {
            addresses[i] = InetAddress.getByAddress("server.test", new byte[] {127, 0, 0, (byte) last[i]});
        }
        return addresses;
    }

    private CompletableFuture<TransferResult> getByName() {
        RemoteFile remote = new RemoteFile("server.test", listener.port(), "f", TransferMode.OCTET);
        return client.getAsync(TransferRequest.of(remote), sink);
    }

    @Test
    void the_next_address_of_a_name_is_tried_if_one_does_not_answer() throws Exception {
        TftpClientBuilder builder = withLongTimeouts().connectTimeout(Duration.ofMillis(500));
        builder.lookup = host -> loopback(2, 1);
        clientWith(builder);
        CompletableFuture<TransferResult> transfer = getByName();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid, 0, 3, 0, 1, "data");
        server.expect(0, 4, 0, 1);
        resultOf(transfer);
    }

    @Test
    void a_failure_of_all_addresses_of_a_name_names_each() throws Exception {
        TftpClientBuilder builder = withLongTimeouts().connectTimeout(Duration.ofMillis(100));
        builder.lookup = host -> loopback(2, 3);
        clientWith(builder);
        TftpException failure = failureOf(getByName());
        assertThat(failure.reason())
                .contains(" 127.0.0.2:" + listener.port(), ", no ", " 127.0.0.3:" + listener.port());
    }

    @Test
    void an_address_of_another_family_is_not_used() throws Exception {
        clientWith(withLongTimeouts().addressFamily(StandardProtocolFamily.INET6));
        assertThat(failureOf(get())).hasMessage("no IPv6 address");
    }

    @Test
    @Tag("case-3")
    void case03_another_port_of_the_server_gets_error_5_and_changes_nothing() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid, 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        try (RawSocketPeer otherPeer = new RawSocketPeer()) {
            otherPeer.sendTo(tid, 0, 3, 0, 2, "evil");
            otherPeer.expectError(5);
            otherPeer.sendTo(tid, 0, 5, 0, 0, "die", 0); // case 4
            server.send(0, 3, 0, 2, "rest");
            server.expect(0, 4, 0, 2);
            resultOf(transfer);
            assertThat(otherPeer.countArrived()).isZero();
        }
        assertThat(sink.content()).isEqualTo((FULL + "rest").getBytes());
    }

    @Test
    @Tag("case-3")
    void case03_before_the_first_reply_other_addresses_get_few_errors_and_change_nothing() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        try (RawSocketPeer otherPeer = new RawSocketPeer("127.0.0.2")) {
            otherPeer.sendTo(tid, 0, 5, 0, 1, "no such file", 0);
            for (int i = 0; i < 50; i++) {
                otherPeer.sendTo(tid, 0, 3, 0, 1, "evil");
            }
            server.sendTo(tid, 0, 3, 0, 1, "good");
            server.expect(0, 4, 0, 1);
            resultOf(transfer);
            assertThat(otherPeer.countArrived()).isBetween(1, 10);
        }
        assertThat(sink.content()).isEqualTo("good".getBytes());
    }

    @Test
    @Tag("case-40")
    void case40_invalid_datagrams_before_the_reply_are_ignored() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        server.sendTo(tid);
        server.sendTo(tid, 0, 3);
        server.sendTo(tid, 0, 9, 0, 1);
        server.sendTo(tid, 0, 4, 0, 0);
        server.sendTo(tid, 0, 3, 0, 2, "not the first");
        server.sendTo(tid, 0, 1, "f", 0, "octet", 0);
        server.sendTo(tid, 0, 3, 0, 1, "data");
        server.expect(0, 4, 0, 1);
        resultOf(transfer);
        assertThat(server.countArrived()).isZero();
    }

    @Test
    @Tag("case-13")
    void case13_a_lost_last_ack_is_repeated_after_the_result() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, "data");
        server.expect(0, 4, 0, 1);
        resultOf(transfer);
        server.send(0, 3, 0, 1, "data");
        server.expect(0, 4, 0, 1);
    }

    @Test
    @Tag("case-35")
    void case35_a_failed_commit_sends_an_error_instead_of_the_last_ack() throws Exception {
        sink = new MemorySink().failingToCommit(new TftpException(ErrorCode.DISK_FULL, "disk full"));
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, "data");
        server.expectError(3);
        assertThat(failureOf(transfer)).hasMessage("disk full");
        expectNothingStored();
    }

    @Test
    void a_file_shorter_than_announced_is_not_kept() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 6, "tsize", 0, "10", 0);
        server.expect(0, 4, 0, 0);
        server.send(0, 3, 0, 1, "short");
        server.expectError(0);
        assertThat(failureOf(transfer)).hasMessageContaining("expected: 10");
        expectNothingStored();
    }

    @Test
    void netascii_is_converted_and_its_size_not_requested() throws Exception {
        CompletableFuture<TransferResult> transfer =
                client.getAsync(TransferRequest.of(remote(TransferMode.NETASCII)), sink);
        int tid = awaitRequest(
                new Object[] {0, 1, "f", 0, "netascii", 0}, java.util.Arrays.copyOf(OPTIONS, OPTIONS.length - 4));
        server.sendTo(tid, 0, 3, 0, 1, "one\r\ntwo\r\0");
        server.expect(0, 4, 0, 1);
        resultOf(transfer);
        assertThat(sink.content()).isEqualTo("one\ntwo\r".getBytes());
    }

    @Test
    void a_put_sends_what_it_announced() throws Exception {
        clientWith(withLongTimeouts().blksize(8).windowsize(2));
        CompletableFuture<TransferResult> transfer = put("0123456789abcdefrest");
        Object[] options = {"blksize", 0, "8", 0, "windowsize", 0, "2", 0, "tsize", 0, "20", 0};
        int tid = awaitRequest(WRQ, options);
        server.sendTo(tid, 0, 6, "blksize", 0, "8", 0, "windowsize", 0, "2", 0, "tsize", 0, "20", 0);
        server.expect(0, 3, 0, 1, "01234567");
        server.expect(0, 3, 0, 2, "89abcdef");
        server.send(0, 4, 0, 2);
        server.expect(0, 3, 0, 3, "rest");
        server.send(0, 4, 0, 3);
        assertThat(resultOf(transfer).outcome()).isEqualTo(Outcome.COMPLETE);
    }

    @Test
    @Tag("case-21")
    void case21_a_put_to_a_server_that_ignores_all_options_uses_blocks_of_512() throws Exception {
        CompletableFuture<TransferResult> transfer = put(FULL);
        Datagram request = listener.next();
        assertThat(request.opcode()).isEqualTo(Datagram.WRQ);
        server.sendTo(request.from().getPort(), 0, 4, 0, 0);
        server.expect(0, 3, 0, 1, FULL);
        server.send(0, 4, 0, 1);
        server.expect(0, 3, 0, 2);
        server.send(0, 4, 0, 2);
        assertThat(resultOf(transfer).stats().bytes()).isEqualTo(512);
    }

    @Test
    void a_refused_put_fails_with_the_error_of_the_server() throws Exception {
        ByteArraySource source = new ByteArraySource(new byte[3]);
        CompletableFuture<TransferResult> transfer =
                client.putAsync(source, TransferRequest.of(remote(TransferMode.OCTET)));
        server.sendTo(listener.next().from().getPort(), 0, 5, 0, 6, "file exists", 0);
        assertThat(failureOf(transfer).is(ErrorCode.FILE_EXISTS)).isTrue();
        assertThat(source.isClosed()).isTrue();
    }

    @Test
    @Tag("case-54")
    void case54_a_request_longer_than_512_bytes_is_not_sent() throws Exception {
        RemoteFile far = new RemoteFile("127.0.0.1", listener.port(), "x".repeat(600), TransferMode.OCTET);
        assertThat(failureOf(client.getAsync(TransferRequest.of(far), sink))).hasMessageContaining("512");
        expectNothingStored();
        assertThat(listener.countArrived()).isZero();
    }

    @Test
    void a_host_that_does_not_exist_fails_and_closes_the_file() {
        RemoteFile nowhere = new RemoteFile("no.such.host.invalid", 69, "f", TransferMode.OCTET);
        assertThat(failureOf(client.getAsync(TransferRequest.of(nowhere), sink)))
                .hasMessage("unknown host");
        expectNothingStored();
    }

    @Test
    void closing_the_client_fails_running_transfers_and_closes_the_files() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        MemorySink other = new MemorySink();
        CompletableFuture<TransferResult> waiting =
                client.getAsync(TransferRequest.of(remote(TransferMode.OCTET)), other);
        awaitRequest(RRQ, OPTIONS);
        client.close();
        assertThat(failureOf(transfer)).hasMessage("closed");
        assertThat(failureOf(waiting)).hasMessage("closed");
        expectNothingStored();
        assertThat(other.isClosed()).isTrue();
    }

    @Test
    void cancelling_a_get_sends_an_error_and_commits_nothing() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        assertThat(transfer.cancel(true)).isTrue();
        server.expect(0, 5, 0, 0, "cancelled", 0);
        events.await(TransferEvent.Ended.class);
        client.close();
        expectNothingStored();
    }

    @Test
    void cancelling_a_get_into_memory_sends_an_error() throws Exception {
        CompletableFuture<byte[]> content = client.getAsync(uri());
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        assertThat(content.cancel(true)).isTrue();
        server.expect(0, 5, 0, 0, "cancelled", 0);
    }

    @Test
    void interrupting_a_blocking_get_cancels_it_and_leaves_the_target_as_it_was(@TempDir Path folder) throws Exception {
        Path target = Files.writeString(folder.resolve("f"), "old");
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread blocked = new Thread(() -> {
            Throwable failure = catchThrowable(() -> client.get(uri(), target));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            thrown.complete(failure);
        });
        blocked.start();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        blocked.interrupt();
        server.expect(0, 5, 0, 0, "cancelled", 0);
        assertThat(thrown.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        client.close();
        assertThat(target).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("f");
    }

    @Test
    void a_timeout_of_the_future_ends_a_put() throws Exception {
        ByteArraySource source = new ByteArraySource(FULL.getBytes());
        CompletableFuture<TransferResult> transfer =
                client.putAsync(source, TransferRequest.of(remote(TransferMode.OCTET)));
        server.sendTo(listener.next().from().getPort(), 0, 4, 0, 0);
        server.expect(0, 3, 0, 1, FULL);
        transfer.orTimeout(1, TimeUnit.MILLISECONDS);
        server.expect(0, 5, 0, 0, "cancelled", 0);
        client.close();
        assertThat(source.isClosed()).isTrue();
        assertThat(transfer).isCompletedExceptionally();
    }

    @Test
    void cancelling_before_the_reply_closes_the_file_and_answers_the_reply_with_an_error() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        int tid = awaitRequest(RRQ, OPTIONS);
        assertThat(transfer.cancel(true)).isTrue();
        events.await(TransferEvent.Refused.class);
        server.sendTo(tid, 0, 3, 0, 1, FULL);
        server.expect(0, 5, 0, 0, "cancelled", 0);
        client.close();
        expectNothingStored();
    }

    @Test
    void cancelling_during_the_name_lookup_closes_the_file_and_sends_no_request() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        TransferListener blocker = event -> await(cancelled); // keeps the event loop busy when the address is resolved
        client.getAsync(TransferRequest.of(remote(TransferMode.OCTET)).observedBy(blocker), new MemorySink());
        RemoteFile named = new RemoteFile("localhost", listener.port(), "named", TransferMode.OCTET);
        CompletableFuture<TransferResult> transfer = client.getAsync(TransferRequest.of(named), sink);
        assertThat(transfer.cancel(true)).isTrue();
        cancelled.countDown();
        awaitRequest(RRQ, OPTIONS);
        client.close();
        expectNothingStored();
        assertThat(listener.countArrived()).isZero();
    }

    @Test
    void a_get_that_is_cancelled_before_the_commit_is_not_committed() throws Exception {
        CompletableFuture<TransferResult> transfer = new CompletableFuture<>();
        Sink cancellable =
                Download.of(remote(TransferMode.OCTET), sink, transfer).sink();
        transfer.cancel(true);
        assertThatThrownBy(cancellable::commit)
                .isInstanceOf(TftpException.class)
                .hasMessage("cancelled");
        assertThat(sink.isCommitted()).isFalse();
    }

    @Test
    void closing_the_client_sends_an_error_for_each_running_transfer() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, FULL);
        server.expect(0, 4, 0, 1);
        client.close();
        server.expect(0, 5, 0, 0, "closed", 0);
        assertThat(failureOf(transfer)).hasMessage("closed");
    }

    @Test
    void two_threads_close_a_client_with_running_transfers() throws Exception {
        for (int n = 0; n < 20; n++) {
            TftpClient shared = withLongTimeouts().build();
            List<CompletableFuture<TransferResult>> transfers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                transfers.add(shared.getAsync(TransferRequest.of(remote(TransferMode.OCTET)), new MemorySink()));
            }
            CompletableFuture<Void> one = CompletableFuture.runAsync(shared::close);
            CompletableFuture<Void> other = CompletableFuture.runAsync(shared::close);
            one.get(60, TimeUnit.SECONDS);
            other.get(60, TimeUnit.SECONDS);
            assertThat(transfers).allMatch(CompletableFuture::isCompletedExceptionally);
        }
    }

    @Test
    void a_get_from_a_client_that_is_closed_fails_and_closes_the_file() {
        client.close();
        assertThat(failureOf(get())).hasMessage("closed");
        expectNothingStored();
    }

    @Test
    void a_probe_ends_with_the_error_that_it_sends() throws Exception {
        CompletableFuture<TransferSettings> granted = client.probeAsync(TransferRequest.of(remote(TransferMode.OCTET)));
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 6, "tsize", 0, "10", 0);
        server.expectError(8);
        assertThat(granted.get(30, TimeUnit.SECONDS).tsize()).isEqualTo(10);
        events.await(TransferEvent.Refused.class);
    }

    @Test
    void many_transfers_run_concurrently() throws Exception {
        MemorySink[] sinks = new MemorySink[20];
        CompletableFuture<?>[] transfers = new CompletableFuture<?>[20];
        for (int i = 0; i < 20; i++) {
            sinks[i] = new MemorySink();
            RemoteFile file = new RemoteFile("127.0.0.1", listener.port(), "f" + i, TransferMode.OCTET);
            transfers[i] = client.getAsync(TransferRequest.of(file), sinks[i]);
        }
        for (int i = 0; i < 20; i++) {
            Datagram request = listener.talkTo(null).next();
            server.sendTo(
                    request.from().getPort(),
                    0,
                    3,
                    0,
                    1,
                    "content of " + request.strings().get(0));
            server.expect(0, 4, 0, 1);
        }
        CompletableFuture.allOf(transfers).get(30, TimeUnit.SECONDS);
        for (int i = 0; i < 20; i++) {
            assertThat(sinks[i].content()).isEqualTo(("content of f" + i).getBytes());
        }
    }

    @Test
    void invalid_settings_are_rejected_with_their_value() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TftpClient.builder().blksize(7).build())
                .withMessage("blksize: 7 (expected: 8 to 65464)");
        assertThatThrownBy(() -> TftpClient.builder().blksize(65_465).build()).hasMessageContaining("65465");
        assertThatThrownBy(() -> TftpClient.builder().windowsize(0).build()).hasMessageContaining("windowsize: 0");
        assertThatThrownBy(() -> TftpClient.builder().windowsize(32_768).build())
                .hasMessage("windowsize: 32768 (expected: 1 to 32767)");
        assertThatThrownBy(() -> TftpClient.builder().timeout(256).build()).hasMessageContaining("timeout: 256");
        assertThatThrownBy(() -> TftpClient.builder().eventLoops(0).build()).hasMessageContaining("event loops: 0");
    }

    @Test
    void the_result_has_the_granted_options_also_unknown_ones_as_received() throws Exception {
        Options asked = Options.NONE.with("tsize", "0").with("x-digest", "crc32");
        CompletableFuture<TransferResult> transfer =
                client.getAsync(TransferRequest.of(remote(TransferMode.OCTET)).asking(asked), sink);
        int tid = awaitRequest(RRQ, "tsize", 0, "0", 0, "x-digest", 0, "crc32", 0);
        server.sendTo(tid, 0, 6, "X-Digest", 0, "3610a686", 0, "tsize", 0, "05", 0);
        server.expect(0, 4, 0, 0);
        server.send(0, 3, 0, 1, "hello");
        assertThat(transfer.get(30, TimeUnit.SECONDS).granted()).hasToString("X-Digest=3610a686 tsize=05");
        assertThat(events.await(TransferEvent.Started.class).granted())
                .isEqualTo(transfer.get().granted());
    }

    @Test
    void without_an_oack_no_option_is_granted() throws Exception {
        CompletableFuture<TransferResult> transfer = get();
        server.sendTo(awaitRequest(RRQ, OPTIONS), 0, 3, 0, 1, "plain");
        assertThat(transfer.get(30, TimeUnit.SECONDS).granted()).isEmpty();
    }
}
