package dev.lockstep.tftp.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.ClientProcess;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.relay.NetworkImpairment;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.resilience.ImpairedTransfers.ImpairedTransfer;
import dev.lockstep.tftp.resilience.ImpairedTransfers.Kind;
import dev.lockstep.tftp.transfer.Limits;
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
 * Datagrams that arrive damaged. The UDP checksum drops those, so a network that damages is one that loses; the relay
 * makes the checksum good again, as a broken router does that turns a bit in its memory. TFTP itself has no checksum:
 * what holds is that every transfer ends, that nobody calls a file whole that is shorter or longer than it was said to be,
 * and that a hash tells the rest.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DamageIT {
    private static final int SIZE = 200_000;
    private static final int SEEDS = 20;
    private static final Kind[] WITH_SIZE = {Kind.GET_WITH_OPTIONS, Kind.PUT_WITH_OPTIONS};

    @TempDir
    private Path folder;

    private static List<ImpairedTransfer> cross(NetworkImpairment weather) {
        Duration idleTimeout = Duration.ofSeconds(3);
        Limits impatient = Limits.DEFAULT.withTimes(Duration.ZERO, idleTimeout, idleTimeout);
        try (ImpairedTransfers crossings = new ImpairedTransfers(SIZE, impatient)) {
            List<ImpairedTransfer> damaged = crossings.run(SEEDS, relay -> relay.weather(weather), WITH_SIZE);
            assertThat(crossings.run(1, relay -> relay, Kind.values()))
                    .as("afterwards")
                    .allSatisfy(each -> assertThat(each.failure()).isNull());
            assertThat(damaged).as("damaged").anyMatch(each -> each.failure() != null);
            return damaged;
        }
    }

    @Test
    void through_truncation_a_file_is_whole_or_not_called_so() {
        List<ImpairedTransfer> all = cross(NetworkImpairment.CLEAR.withDamage(0, 0.01));
        assertThat(all)
                .filteredOn(ImpairedTransfer::promised)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.failure()).isNull());
    }

    @Test
    void through_corruption_a_file_is_as_long_as_it_was_said_to_be_or_not_called_whole() {
        List<ImpairedTransfer> all = cross(NetworkImpairment.CLEAR.withDamage(0.01, 0));
        assertThat(all)
                .filteredOn(ImpairedTransfer::promised)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.failure()).isIn(null, ImpairedTransfers.CONTENT));
    }

    @Test
    void a_hash_tells_content_that_was_corrupted() throws IOException, NoSuchAlgorithmException {
        byte[] content = Bytes.pattern(SIZE);
        Files.write(folder.resolve("file"), content);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        NetworkImpairment inEachFile = NetworkImpairment.CLEAR.withDamage(0.1, 0);
        try (Daemon daemon = Daemon.serving(folder);
                Relay relay = Relay.to(daemon.address())
                        .weather(NetworkImpairment.CLEAR, inEachFile)
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
