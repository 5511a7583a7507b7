package dev.lockstep.tftp.junit;

import static dev.lockstep.tftp.junit.PacketType.ACK;
import static dev.lockstep.tftp.junit.PacketType.DATA;
import static dev.lockstep.tftp.junit.PacketType.REQUEST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the fixture without the extension. */
@Timeout(60)
class TftpFixtureTest {
    private static final byte[] CONTENT = new byte[20_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private final TftpFixture tftp = TftpFixture.start();
    private final TftpClient client = TftpClient.builder().windowsize(1).build();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        client.close();
        tftp.close();
    }

    private String text(String name) throws IOException {
        return new String(client.get(tftp.uri(name)), UTF_8);
    }

    @Test
    void it_listens_on_a_free_port_of_the_loopback_interface() {
        assertThat(tftp.address().getAddress().isLoopbackAddress()).isTrue();
        assertThat(tftp.port()).isPositive().isEqualTo(tftp.address().getPort());
        assertThat(tftp.uri("a b;c%.cfg"))
                .hasToString("tftp://127.0.0.1:" + tftp.port() + "/a%20b%3Bc%25.cfg")
                .isEqualTo(tftp.uri("/a b;c%.cfg"));
    }

    @Test
    void it_serves_texts_arrays_files_functions_and_folders() throws IOException {
        Files.writeString(folder.resolve("local"), "a local file");
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/below"), "a file below");
        tftp.serve("text", "grün")
                .serve("array", CONTENT)
                .serve("sub/path", folder.resolve("local"))
                .serve("function", request -> (request.file() + " for " + request.operation()).getBytes(UTF_8))
                .serveFolder(folder)
                .serveResources("/firmware/");
        assertThat(text("text")).isEqualTo("grün");
        assertThat(client.get(tftp.uri("array"))).isEqualTo(CONTENT);
        assertThat(text("/sub/path")).isEqualTo("a local file");
        assertThat(text("function")).isEqualTo("function for READ");
        assertThat(text("local")).isEqualTo("a local file");
        assertThat(text("sub/below")).isEqualTo("a file below");
        assertThat(text("pxe.0")).isEqualTo("boot image");
        assertThat(text("eu/r7.cfg")).isEqualTo("hostname r7");
        assertThat(client.get(URI.create(tftp.uri("text") + ";mode=netascii")))
                .asString(UTF_8)
                .isEqualTo("grün");
    }

    @Test
    void a_file_that_does_not_exist_is_not_found_wherever_it_is_looked_for() {
        tftp.serve("null", request -> null)
                .serve("gone", folder.resolve("gone"))
                .serveResources("firmware");
        for (String name : List.of("unknown", "null", "gone", "eu/unknown", "../firmware/pxe.0")) {
            assertThatThrownBy(() -> text(name))
                    .isInstanceOfSatisfying(
                            TftpException.class,
                            e -> assertThat(e.code())
                                    .isIn(ErrorCode.FILE_NOT_FOUND.number(), ErrorCode.ACCESS_VIOLATION.number()));
        }
        assertThat(tftp.requests()).hasSize(5);
    }

    @Test
    void a_function_may_refuse_its_request() {
        tftp.serve("locked", request -> {
            throw new TftpException(ErrorCode.NO_SUCH_USER, "who are you?");
        });
        assertThatThrownBy(() -> text("locked"))
                .hasMessage("who are you?")
                .isInstanceOfSatisfying(
                        TftpException.class,
                        e -> assertThat(e.is(ErrorCode.NO_SUCH_USER)).isTrue());
    }

    @Test
    void a_function_that_blocks_does_not_delay_other_transfers() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        tftp.serve("slow", request -> {
                    try {
                        answer.await();
                        return CONTENT;
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                })
                .serve("quick", "at once");
        CompletableFuture<byte[]> slow = client.getAsync(tftp.uri("slow"));
        assertThat(text("quick")).isEqualTo("at once");
        assertThat(slow).isNotDone();
        answer.countDown();
        assertThat(slow.get(30, TimeUnit.SECONDS)).isEqualTo(CONTENT);
    }

    @Test
    void uploads_are_files_by_name_that_can_be_read_again() throws IOException {
        tftp.serve("r7.cfg", "old");
        client.put("new".getBytes(UTF_8), tftp.uri("r7.cfg"));
        client.put(CONTENT, tftp.uri("/sub/image"));
        assertThat(tftp.uploads()).containsOnlyKeys("r7.cfg", "sub/image");
        assertThat(tftp.uploads().get("r7.cfg").text()).isEqualTo("new");
        assertThat(tftp.uploads()).containsEntry("sub/image", new UploadedFile("sub/image", CONTENT));
        assertThat(text("r7.cfg")).isEqualTo("new");
        tftp.serve("r7.cfg", "newer");
        assertThat(text("r7.cfg")).isEqualTo("newer");
        assertThat(tftp.awaitUpload("/r7.cfg")).hasToString("r7.cfg (3 bytes)");
    }

    @Test
    void rules_for_uploads_apply_to_served_files_as_well() throws IOException {
        try (TftpFixture other =
                TftpFixture.builder().writeRules(WriteRules.NEW_FILES).start()) {
            other.serve("old", "kept");
            client.put(CONTENT, other.uri("new"));
            assertThatThrownBy(() -> client.put(CONTENT, other.uri("old"))).hasMessageContaining("exists");
            assertThatThrownBy(() -> client.put(CONTENT, other.uri("new"))).hasMessageContaining("exists");
            assertThat(other.uploads()).containsOnlyKeys("new");
        }
    }

    @Test
    void requests_have_their_peer_file_mode_and_options() throws IOException {
        tftp.serve("f", "x");
        try (TftpClient plain = TftpClient.builder().options(false).build()) {
            plain.get(URI.create(tftp.uri("f") + ";mode=netascii"));
        }
        try (TftpClient asking = TftpClient.builder().windowsize(16).timeout(3).build()) {
            asking.put(CONTENT, tftp.uri("g"));
        }
        assertThat(tftp.requests()).hasSize(2);
        RecordedRequest read = tftp.requests().get(0);
        assertThat(read.operation()).isEqualTo(RecordedRequest.Operation.READ);
        assertThat(read.file()).isEqualTo("f");
        assertThat(read.mode().wireName()).isEqualTo("netascii");
        assertThat(read.options().blksize()).isEmpty();
        assertThat(read.options().timeout()).isEmpty();
        assertThat(read)
                .hasToString("read f netascii from 127.0.0.1:" + read.peer().getPort());
        RecordedRequest write = tftp.requests().get(1);
        assertThat(write.operation()).isEqualTo(RecordedRequest.Operation.WRITE);
        assertThat(write.peer().getAddress().isLoopbackAddress()).isTrue();
        assertThat(write.options().blksize()).hasValue(1428);
        assertThat(write.options().windowsize()).hasValue(16);
        assertThat(write.options().timeout()).contains(Duration.ofSeconds(3));
        assertThat(write.options().tsize()).hasValue(CONTENT.length);
        assertThat(write.options().value("WindowSize")).contains("16");
        tftp.verify(1, request -> request.options().tsize().isPresent());
        tftp.verify(0, request -> request.isFor("h"));
        assertThatThrownBy(() -> tftp.verify(2, request -> request.isFor("g")))
                .isInstanceOf(AssertionError.class)
                .hasMessage("matching requests: 1 of 2 (expected: 2)");
        assertThat(tftp.awaitRequest(request -> request.isFor("g"))).isEqualTo(write);
    }

    @Test
    void transfers_have_their_outcome_settings_and_packets() throws IOException {
        tftp.serve("f", CONTENT);
        client.get(tftp.uri("f"));
        RecordedTransfer complete = tftp.awaitTransfer("f");
        assertThat(complete.outcome()).isEqualTo(Outcome.COMPLETE);
        assertThat(complete.bytes()).isEqualTo(CONTENT.length);
        assertThat(complete.settings().orElseThrow().blksize()).isEqualTo(1428);
        assertThat(complete.failure()).isEmpty();
        assertThat(complete.packets())
                .hasSizeGreaterThanOrEqualTo(2 + 2 * 15)
                .first()
                .asString()
                .contains("RRQ f octet blksize=1428");
        assertThatThrownBy(() -> text("g")).isInstanceOf(TftpException.class);
        RecordedTransfer refused = tftp.awaitTransfers(2).get(1);
        assertThat(refused.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(refused.settings()).isEmpty();
        assertThat(refused.failure()).get().extracting(TftpException::code).isEqualTo(1);
        assertThat(tftp.transfers()).containsExactly(complete, refused);
        assertThat(tftp.packets()).contains("TFTP server 127.0.0.1:" + tftp.port(), "ERROR 1 file not found");
    }

    @Test
    void a_wait_that_takes_too_long_fails_and_shows_the_packets() throws IOException {
        try (TftpFixture impatient =
                TftpFixture.builder().timeout(Duration.ofMillis(1)).start()) {
            impatient.serve("f", "x");
            client.get(impatient.uri("f"));
            assertThatThrownBy(() -> impatient.awaitUpload("g"))
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("nothing within 1 ms (expected: upload of g)")
                    .satisfies(failure -> assertThat(failure.getSuppressed()[0].toString())
                            .contains("RRQ f octet", "DATA 1 (1 bytes, last)"));
        }
    }

    @Test
    void a_wait_ends_as_soon_as_the_transfer_does() throws Exception {
        CompletableFuture<UploadedFile> awaited = CompletableFuture.supplyAsync(() -> tftp.awaitUpload("f"));
        client.put(CONTENT, tftp.uri("f"));
        assertThat(awaited.get(30, TimeUnit.SECONDS).content()).isEqualTo(CONTENT);
    }

    @Test
    void counted_packets_of_the_next_transfer_are_dropped() throws IOException {
        tftp.serve("f", CONTENT);
        tftp.nextTransfer().drop(DATA, 2).delay(Duration.ofMillis(5));
        tftp.nextTransfer().drop(REQUEST, 1).dropBlock(ACK, 7);
        assertThat(client.get(tftp.uri("f"))).isEqualTo(CONTENT);
        RecordedTransfer first = tftp.awaitTransfers(1).get(0);
        assertThat(first.retransmissions()).isGreaterThanOrEqualTo(2);
        assertThat(first.packets())
                .filteredOn(line -> line.contains("dropped by the test: DATA 1"))
                .hasSize(2);
        assertThat(client.get(tftp.uri("f"))).isEqualTo(CONTENT);
        RecordedTransfer second = tftp.awaitTransfers(2).get(1);
        assertThat(second.packets())
                .filteredOn(line -> line.contains("by the test"))
                .containsExactly("(dropped by the test: ACK 7)");
        assertThat(tftp.packets()).contains("(dropped by the test: REQUEST)");
        assertThat(client.get(tftp.uri("f"))).isEqualTo(CONTENT);
        assertThat(tftp.awaitTransfers(3).get(2).packets()).noneMatch(line -> line.contains("by the test"));
        assertThat(tftp.requests()).hasSize(3);
    }

    @Test
    void duplicates_and_reordered_packets_do_not_change_the_file() throws IOException {
        try (TftpClient windows = TftpClient.builder().windowsize(8).build()) {
            tftp.everyTransfer().duplicate(DATA, 3).reorder(DATA, 5).duplicate(ACK, 1);
            windows.put(CONTENT, tftp.uri("up"));
            assertThat(tftp.uploads().get("up").content()).isEqualTo(CONTENT);
            assertThat(windows.get(tftp.uri("up"))).isEqualTo(CONTENT);
        }
        assertThat(tftp.awaitTransfers(2))
                .allSatisfy(transfer -> assertThat(transfer.packets())
                        .anyMatch(line -> line.contains("duplicated by the test: DATA"))
                        .anyMatch(line -> line.contains("held back by the test: DATA")));
    }

    @Test
    void random_impairment_with_the_same_seed_begins_in_the_same_way() throws IOException {
        tftp.serve("f", CONTENT);
        for (int i = 0; i < 3; i++) {
            tftp.nextTransfer()
                    .loss(0.2)
                    .duplication(0.1)
                    .reordering(0.1)
                    .jitter(Duration.ofMillis(2))
                    .seed(i < 2 ? 3 : 4);
            assertThat(client.get(tftp.uri("f"))).isEqualTo(CONTENT);
        }
        List<RecordedTransfer> transfers = tftp.awaitTransfers(3);
        Optional<String> first = firstImpaired(transfers.get(0));
        assertThat(first).isPresent().isEqualTo(firstImpaired(transfers.get(1)));
    }

    private static Optional<String> firstImpaired(RecordedTransfer transfer) {
        return transfer.packets().stream()
                .filter(line -> line.contains("by the test"))
                .findFirst();
    }

    @Test
    void a_transfer_ends_with_an_error_at_its_request_or_after_some_blocks() throws IOException {
        tftp.serve("f", CONTENT);
        tftp.nextTransfer().error(ErrorCode.ACCESS_VIOLATION, "maintenance");
        tftp.nextTransfer().errorAfter(3, ErrorCode.NOT_DEFINED, "power lost");
        tftp.nextTransfer().errorAfter(3, ErrorCode.DISK_FULL, "flash is full");
        assertThatThrownBy(() -> text("f")).hasMessage("maintenance");
        assertThatThrownBy(() -> text("f")).hasMessage("power lost");
        assertThatThrownBy(() -> client.put(CONTENT, tftp.uri("up")))
                .hasMessage("flash is full")
                .isInstanceOfSatisfying(
                        TftpException.class,
                        e -> assertThat(e.is(ErrorCode.DISK_FULL)).isTrue());
        assertThat(tftp.uploads()).isEmpty();
        assertThat(tftp.awaitTransfers(3))
                .extracting(RecordedTransfer::bytes)
                .containsExactly(0L, 3L * 1428, 3L * 1428);
        assertThat(text("f")).hasSizeGreaterThan(0);
    }

    @Test
    void a_silent_server_records_the_request_and_sends_nothing() {
        tftp.serve("f", CONTENT);
        tftp.nextTransfer().silent();
        CompletableFuture<byte[]> waiting = client.getAsync(tftp.uri("f"));
        while (!tftp.packets().contains("(dropped by the test: OACK)")) {
            Thread.onSpinWait();
        }
        assertThat(tftp.requests()).hasSize(1);
        assertThat(tftp.packets()).doesNotContain("→");
        waiting.cancel(true);
    }

    @Test
    void settings_of_an_impairment_are_checked() {
        TransferImpairment impairment = tftp.nextTransfer();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> impairment.drop(DATA, 0))
                .withMessageContaining(">= 1");
        assertThatIllegalArgumentException().isThrownBy(() -> impairment.dropBlock(DATA, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> impairment.loss(1.1))
                .withMessageContaining("0 to 1");
        assertThatIllegalArgumentException().isThrownBy(() -> impairment.delay(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> impairment.errorAfter(-1, ErrorCode.NOT_DEFINED, "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> tftp.serve("/", "x"));
        assertThatThrownBy(() -> tftp.serveFolder(folder.resolve("none"))).isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void a_reset_forgets_everything_but_the_port() throws IOException {
        tftp.serve("f", "x").serveResources("firmware");
        client.put(CONTENT, tftp.uri("up"));
        tftp.everyTransfer().error(ErrorCode.NOT_DEFINED, "no");
        int port = tftp.port();
        tftp.reset();
        assertThat(tftp.port()).isEqualTo(port);
        assertThat(tftp.uploads()).isEmpty();
        assertThat(tftp.requests()).isEmpty();
        assertThat(tftp.transfers()).isEmpty();
        for (String name : List.of("f", "up", "pxe.0")) {
            assertThatThrownBy(() -> text(name)).hasMessage("file not found");
        }
    }

    @Test
    void a_fixture_that_cannot_start_keeps_no_threads() {
        int users = SharedResources.users();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TftpFixture.builder().resources("../x").start());
        assertThat(SharedResources.users()).isEqualTo(users);
    }

    @Test
    void resources_of_the_settings_are_served_after_a_reset() throws IOException {
        try (TftpFixture other = TftpFixture.builder().resources("firmware").start()) {
            other.reset();
            assertThat(client.get(other.uri("pxe.0"))).hasSize(10);
        }
    }

    @Test
    void other_settings_reach_the_server() throws IOException {
        try (TftpFixture small = TftpFixture.builder()
                .limits(TransferLimits.DEFAULT.withBlksize(512))
                .server(server -> server.maxTransfers(1, 1))
                .start()) {
            client.put(CONTENT, small.uri("up"));
            assertThat(small.awaitTransfer("up").settings().orElseThrow().blksize())
                    .isEqualTo(512);
            assertThat(small.server().metrics().writes()).isNotNull();
        }
    }

    @Test
    void a_port_that_is_in_use_is_refused_and_free_again_after_the_end() {
        int port = tftp.port();
        assertThatThrownBy(() -> TftpFixture.builder().port(port).start()).isInstanceOf(UncheckedIOException.class);
        tftp.close();
        try (TftpFixture again = TftpFixture.builder().port(port).start()) {
            assertThat(again.port()).isEqualTo(port);
        }
    }

    @Test
    void a_transfer_that_is_running_at_the_end_gets_an_error() throws Exception {
        tftp.serve("f", CONTENT);
        tftp.nextTransfer().drop(DATA, Integer.MAX_VALUE);
        try (InputStream granted = client.getStream(tftp.uri("f"))) {
            tftp.close();
            assertThatThrownBy(granted::readAllBytes).hasMessageContaining("server is shutting down");
        }
    }

    @Test
    void it_uses_nio_and_daemon_threads() {
        assertThat(((IoEventLoopGroup) tftp.server().eventLoops()).isIoType(NioIoHandler.class))
                .isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("tftp-fixture-"))
                .isNotEmpty()
                .allSatisfy(thread -> assertThat(thread.isDaemon()).isTrue());
    }
}
