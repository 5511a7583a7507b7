package dev.lockstep.tftp.load;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.LocalPorts;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.client.load.ExpectedContent;
import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.GrantedOptions;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadRun;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadIT {
    private static final long MEMORY = 64 << 20;
    private static final int SIZE = 100_000;

    private final byte[] content = new byte[SIZE];
    private final MemoryStorage storage = new MemoryStorage(MEMORY, new WriteRules(true, true, MEMORY));

    @TempDir
    private Path folder;

    @BeforeEach
    void fillStorage() throws IOException {
        new SplittableRandom(3).nextBytes(content);
        storage.put("boot.img", content);
        storage.put("small.cfg", Arrays.copyOf(content, 700));
    }

    @Test
    void a_closed_workload_transfers_every_byte() throws Exception {
        try (TftpServer server = start(storage)) {
            LoadResult result = run(plan(server, closed(500, 50), "boot.img"));
            assertThat(result.failures()).isEmpty();
            assertThat(result.completed()).isEqualTo(500);
            assertThat(result.bytes()).isEqualTo(500L * SIZE);
            assertThat(result.latency().count()).isEqualTo(500);
            assertThat(result.firstByte().p50())
                    .isPositive()
                    .isLessThanOrEqualTo(result.latency().max());
            assertThat(result.timeline().stream()
                            .mapToLong(sample -> sample.bytes())
                            .sum())
                    .isEqualTo(result.bytes());
        }
    }

    @Test
    void an_open_workload_starts_transfers_at_its_rate() throws Exception {
        try (TftpServer server = start(storage)) {
            LoadSchedule rateLimiter = new LoadSchedule(
                    1000, 500, Duration.ofMillis(100), Duration.ZERO, Duration.ofMillis(500), Long.MAX_VALUE);
            LoadResult result = run(plan(server, rateLimiter, "small.cfg"));
            assertThat(result.failures()).isEmpty();
            assertThat(result.completed())
                    .as("25 in the ramp, then 500 a second")
                    .isBetween(224L, 226L);
            assertThat(result.startDelay().count()).isEqualTo(result.completed());
        }
    }

    @Test
    void files_are_chosen_by_their_weight() throws Exception {
        try (TftpServer server = start(storage)) {
            LoadPlan plan = new LoadPlan(
                    List.of(target(server, "boot.img@1"), target(server, "small.cfg@3")),
                    closed(400, 20),
                    Source.UNKNOWN_SIZE,
                    Optional.empty(),
                    Optional.empty(),
                    LinkImpairment.NONE);
            LoadResult result = run(plan);
            assertThat(result.failures()).isEmpty();
            long large = (result.bytes() - 400 * 700) / (SIZE - 700);
            assertThat(large).as("about a quarter of 400").isBetween(70L, 130L);
            assertThat(result.rows()).extracting(LoadResult.Row::completed).containsExactly(large, 400 - large);
            assertThat(result.rows())
                    .extracting(LoadResult.Row::bytes)
                    .containsExactly(large * SIZE, (400 - large) * 700);
            assertThat(result.rows())
                    .allSatisfy(row -> assertThat(row.latency().max())
                            .isLessThanOrEqualTo(result.latency().max() * 1.01));
            assertThat(result.granted()).containsExactly(Map.entry(new GrantedOptions(1428, 64), 400L));
        }
    }

    @Test
    void a_wrong_byte_is_reported_with_its_offset() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        try (TftpServer server = start(wrong(name -> reads.incrementAndGet() == 20))) {
            LoadResult result = run(plan(server, closed(50, 5), "boot.img"));
            assertThat(result.failures()).containsExactly(Map.entry("wrong content", 1L));
            assertThat(result.wrongContent()).hasSize(1).first().asString().contains("wrong byte at offset 54321");
            assertThat(result.failed()).isEqualTo(1);
        }
    }

    @Test
    void only_failures_of_the_warm_up_are_counted() throws Exception {
        Path file = Files.write(folder.resolve("boot.img"), content);
        try (TftpServer server = start(wrong("boot-0.img"::equals))) {
            LoadPlan plan = new LoadPlan(
                    List.of(target(server, "boot-{n}.img")),
                    new LoadSchedule(1000, 100, Duration.ZERO, Duration.ofMillis(200), Duration.ZERO, 30),
                    Source.UNKNOWN_SIZE,
                    Optional.empty(),
                    Optional.of(ExpectedContent.of(file)),
                    LinkImpairment.NONE);
            LoadResult result = run(plan);
            assertThat(result.warmUp().completed()).isEqualTo(19);
            assertThat(result.warmUp().failed()).isEqualTo(1);
            assertThat(result.completed()).isEqualTo(30);
            assertThat(result.latency().count()).isEqualTo(30);
            assertThat(result.bytes()).isEqualTo(30L * SIZE);
            assertThat(result.failures()).containsExactly(Map.entry("wrong content", 1L));
            assertThat(result.failed()).isEqualTo(1);
        }
    }

    /** Returns a storage that serves the content by any name, with a wrong byte at offset 54321 for some reads. */
    private Storage wrong(Predicate<String> chosen) throws IOException {
        byte[] spoilt = content.clone();
        spoilt[54_321] ^= 1;
        MemoryStorage wrong = new MemoryStorage(MEMORY, WriteRules.READ_ONLY);
        wrong.put("boot.img", spoilt);
        return new Storage() {
            @Override
            public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
                ReadRequest stored = new ReadRequest("boot.img", request.mode(), request.options());
                return (chosen.test(request.filename()) ? wrong : storage).read(stored, peer);
            }

            @Override
            public Sink write(WriteRequest request, InetSocketAddress peer) {
                throw new AssertionError("unexpected write");
            }
        };
    }

    @Test
    void a_local_file_is_the_expected_content() throws Exception {
        byte[] other = content.clone();
        other[SIZE - 1]++;
        Path file = Files.write(folder.resolve("other.img"), other);
        try (TftpServer server = start(storage)) {
            LoadPlan plan = new LoadPlan(
                    List.of(target(server, "boot.img")),
                    closed(10, 2),
                    Source.UNKNOWN_SIZE,
                    Optional.empty(),
                    Optional.of(ExpectedContent.of(file)),
                    LinkImpairment.NONE);
            LoadResult result = run(plan);
            assertThat(result.failures()).containsExactly(Map.entry("wrong content", 10L));
            assertThat(result.wrongContent()).allMatch(wrong -> wrong.contains("offset " + (SIZE - 1)));
        }
    }

    @Test
    void uploads_are_complete() throws Exception {
        try (TftpServer server = start(storage)) {
            LoadPlan plan = new LoadPlan(
                    List.of(target(server, "up-{n}.bin")),
                    closed(100, 10),
                    70_000,
                    Optional.empty(),
                    Optional.empty(),
                    LinkImpairment.NONE);
            LoadResult result = run(plan);
            assertThat(result.failures()).isEmpty();
            assertThat(result.bytes()).isEqualTo(100 * 70_000L);
            try (Source uploaded = storage.read(rrq("up-99.bin"), null)) {
                assertThat(uploaded.size()).isEqualTo(70_000);
            }
        }
    }

    @Test
    void a_refusal_is_counted_by_its_code() throws Exception {
        try (TftpServer server = start(storage)) {
            LoadResult result = run(plan(server, closed(30, 3), "nothing.img"));
            assertThat(result.completed()).isZero();
            assertThat(result.serverErrors()).containsExactly(Map.entry(1, 30L));
            assertThat(result.failures()).containsExactly(Map.entry("server sent ERROR 1 file not found", 30L));
        }
    }

    @Test
    void a_bad_link_causes_retransmissions_and_no_wrong_byte() throws Exception {
        try (TftpServer server = start(storage)) {
            LoadPlan plan = new LoadPlan(
                    List.of(target(server, "boot.img")),
                    closed(60, 30),
                    Source.UNKNOWN_SIZE,
                    Optional.empty(),
                    Optional.empty(),
                    new LinkImpairment(0.05, 0.05, 0.05, 1, 1, 11));
            LoadResult result = run(plan);
            assertThat(result.failures()).isEmpty();
            assertThat(result.bytes()).isEqualTo(60L * SIZE);
            assertThat(result.resends()).isPositive();
            assertThat(result.duplicates()).isPositive();
        }
    }

    @Test
    void every_profile_completes_its_transfer() throws Exception {
        try (TftpServer server = start(storage)) {
            for (FirmwareProfile profile : FirmwareProfile.values()) {
                LoadPlan plan = new LoadPlan(
                        List.of(target(server, "boot.img")),
                        closed(20, 4),
                        Source.UNKNOWN_SIZE,
                        Optional.of(profile),
                        Optional.empty(),
                        LinkImpairment.NONE);
                LoadResult result = run(plan);
                assertThat(result.failures()).as("%s", profile).isEmpty();
                assertThat(result.bytes()).as("%s", profile).isEqualTo(20L * SIZE);
            }
        }
    }

    static LoadResult run(LoadPlan plan) throws Exception {
        return new LoadRun(plan, settings()).run(progress -> {});
    }

    static TftpClientBuilder settings() {
        TransferLimits limits = TransferLimits.DEFAULT.withTimes(Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO);
        return TftpClient.builder()
                .localPorts(LocalPorts.roundRobin(10_000, 32_767)) // late datagrams do not reach another transfer
                .limits(limits.withExactSize(true));
    }

    private static LoadPlan plan(TftpServer server, LoadSchedule rateLimiter, String file) {
        return new LoadPlan(
                List.of(target(server, file)),
                rateLimiter,
                Source.UNKNOWN_SIZE,
                Optional.empty(),
                Optional.empty(),
                LinkImpairment.NONE);
    }

    private static LoadSchedule closed(long transfers, int concurrency) {
        return new LoadSchedule(concurrency, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, transfers);
    }

    private static Target target(TftpServer server, String file) {
        return Target.parse("tftp://127.0.0.1:" + server.port() + "/" + file, TransferMode.OCTET);
    }

    private static TftpServer start(Storage files) throws IOException {
        return TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .start();
    }
}
