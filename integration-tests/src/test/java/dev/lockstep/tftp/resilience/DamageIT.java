package dev.lockstep.tftp.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.resilience.ImpairedTransfers.ImpairedTransfer;
import dev.lockstep.tftp.resilience.ImpairedTransfers.Kind;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests datagrams that arrive damaged. The kernel drops datagrams with a wrong UDP checksum, so that damage is usually
 * loss. The relay corrects the checksum, as a broken router does that inverts a bit in its memory. TFTP itself has no
 * checksum. The tests check that every transfer ends, that no file is reported complete that is shorter or longer than
 * announced, and that a hash detects any other damage.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DamageIT {
    private static final int SIZE = 200_000;
    private static final int SEEDS = 20;
    private static final Kind[] WITH_SIZE = {Kind.GET_WITH_OPTIONS, Kind.PUT_WITH_OPTIONS};

    @TempDir
    private Path folder;

    private static List<ImpairedTransfer> cross(NetworkImpairment impairment) {
        Duration idleTimeout = Duration.ofSeconds(3);
        TransferLimits shortTimeouts = TransferLimits.DEFAULT.withTimes(Duration.ZERO, idleTimeout, idleTimeout);
        try (ImpairedTransfers transfers = new ImpairedTransfers(SIZE, shortTimeouts)) {
            List<ImpairedTransfer> damaged = transfers.run(SEEDS, relay -> relay.impairment(impairment), WITH_SIZE);
            assertThat(transfers.run(1, relay -> relay, Kind.values()))
                    .as("afterwards")
                    .allSatisfy(each -> assertThat(each.failure()).isNull());
            assertThat(damaged).as("damaged").anyMatch(each -> each.failure() != null);
            return damaged;
        }
    }

    @Test
    void a_truncated_file_is_never_reported_complete() {
        List<ImpairedTransfer> all = cross(NetworkImpairment.CLEAR.withDamage(0, 0.01));
        assertThat(all)
                .filteredOn(ImpairedTransfer::promised)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.failure()).isNull());
    }

    @Test
    void a_corrupted_file_reported_complete_has_the_announced_size() {
        List<ImpairedTransfer> all = cross(NetworkImpairment.CLEAR.withDamage(0.01, 0));
        assertThat(all)
                .filteredOn(ImpairedTransfer::promised)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.failure()).isIn(null, ImpairedTransfers.CONTENT));
    }

    @Test
    void a_hash_detects_corrupted_content() throws IOException, NoSuchAlgorithmException {
        byte[] content = Bytes.pattern(SIZE);
        Files.write(folder.resolve("file"), content);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        NetworkImpairment inEachFile = NetworkImpairment.CLEAR.withDamage(0.1, 0);
        try (Daemon daemon = Daemon.serving(folder);
                Relay relay = Relay.to(daemon.address())
                        .impairment(NetworkImpairment.CLEAR, inEachFile)
                        .start()) {
            String uri = "tftp://127.0.0.1:" + relay.address().getPort() + "/file";
            try (Run get = ClientProcess.tftp(folder, "get", uri, "-o", "copy", "--sha256", hash, "--give-up", "3")) {
                assertThat(get.await(Duration.ofSeconds(60)).exit())
                        .as(get.printed())
                        .isEqualTo(1);
            }
        }
        assertThat(folder.resolve("copy")).doesNotExist();
    }
}
