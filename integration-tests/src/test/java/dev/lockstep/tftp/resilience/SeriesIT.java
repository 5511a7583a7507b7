package dev.lockstep.tftp.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.HttpText;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients cannot make series of metrics. */
@Timeout(300)
class SeriesIT {
    private static final int FLOODS = 100;
    private static final int ADDRESSES = 500;
    private static final int KINDS = 6;
    private static final int PER_SECOND = 40_000;
    private static final Pattern SERIES = Pattern.compile("(?m)^([a-z]\\S*(?:\\{.*})?) \\S+$");
    private static final Pattern ARRIVED =
            Pattern.compile("(?m)^tftp_server_(?:requests|datagrams_dropped)_total\\{.*} (\\S+)$");

    private final Random random = new Random(15);

    @TempDir
    private Path folder;

    private static Set<String> series(String metrics, String prefix) {
        return SERIES.matcher(metrics)
                .results()
                .map(found -> found.group(1))
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double arrived(String metrics) {
        Matcher found = ARRIVED.matcher(metrics);
        return found.results()
                .mapToDouble(each -> Double.parseDouble(each.group(1)))
                .sum();
    }

    /** Returns a request that is refused in one way or another, with a name and options that no other one has. */
    private byte[] hostile(int kind) {
        String name = "n" + Long.toString(random.nextLong(), 36);
        String option = "o" + random.nextInt();
        return switch (kind) {
            case 0 -> Bytes.rrq(name, "blksize", Integer.toString(random.nextInt()), option, name);
            case 1 -> Bytes.rrq("secret/" + name, option, name);
            case 2 -> Bytes.wrq(name, "tsize", Integer.toString(random.nextInt()));
            case 3 -> Bytes.rrq("../" + name);
            case 4 -> Bytes.bytes(0, 1, name, 0, "mode-" + name, 0);
            default -> Bytes.bytes(0, 7 + random.nextInt(200), name);
        };
    }

    @Test
    void two_hundred_thousand_hostile_requests_add_no_series() throws Exception {
        Path config = Files.writeString(
                folder.resolve("tftpd.toml"),
                "[[rule]]\nname = \"lab\"\nfiles = [\"secret/**\"]\naction = \"deny\"\n",
                StandardCharsets.UTF_8);
        try (Daemon daemon = Daemon.servingWith(
                Map.of("JAVA_OPTS", "-Dio.netty.leakDetection.level=simple"),
                folder,
                "--config",
                config.toString(),
                "--http",
                "0",
                "--address-validation",
                "off",
                "--single-port",
                "--log-rate",
                "10")) {
            int http = HttpText.portOf(daemon);
            for (int kind = 0; kind < KINDS; kind++) { // each code and rule has a series from its first refusal on
                try (RawSocketPeer peer = new RawSocketPeer()) {
                    peer.ask(daemon.address(), hostile(kind));
                }
            }
            daemon.awaitRest();
            String before = HttpText.get(http, "/metrics").body();
            for (int n = 0; n < FLOODS; n++) {
                // the one whose file is opened is the last of its client: another request would replace it
                List<byte[]> requests = List.of(hostile(3), hostile(4), hostile(5), hostile(n % 3));
                new Flood(daemon.address(), requests, ADDRESSES, PER_SECOND, n)
                        .startWithinCapacity(() -> false)
                        .seconds()
                        .join();
            }
            daemon.awaitRest();
            String after = HttpText.get(http, "/metrics").body();

            assertThat(arrived(after) - arrived(before)).isGreaterThan(0.9 * FLOODS * 4 * ADDRESSES);
            assertThat(series(after, "tftp_")).isEqualTo(series(before, "tftp_"));
            assertThat(series(after, "")).as("those of the JVM included").hasSizeLessThan(400);
            assertThat(after).containsPattern("tftp_server_refusals_total\\{code=\"2\",rule=\"lab\"} [1-9]");
        }
    }
}
