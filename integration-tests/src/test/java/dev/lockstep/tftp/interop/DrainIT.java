package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Await;
import dev.lockstep.tftp.harness.FigureLog;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A graceful shutdown of the daemon while many transfers run. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(300)
class DrainIT {

    private static final int CLIENTS = 200;
    private static final int BLKSIZE = 1428;
    private static final int SILENCE_MILLIS = 300;

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(strings = {"--no-path-mtu", "--single-port"}) // the first keeps the default: one port per transfer
    void two_hundred_downloads_complete_and_no_other_begins(String mode) throws Exception {
        String content = Content.summary(Content.write(root.resolve("file"), 256 << 10));
        try (Server daemon = ServerKind.daemon(root, Map.of(), "--drain", "120", "--verbose", mode)) {
            CompletableFuture<List<String>> swarm =
                    CompletableFuture.supplyAsync(() -> DownloadSwarm.run(daemon.address(), "file", BLKSIZE, CLIENTS));
            Await.until("all have sent their request", () -> count(daemon, "asks") == CLIENTS);
            long running = CLIENTS - count(daemon, "complete");
            daemon.run().terminate();
            daemon.run().awaitLine("^Interrupt, quitting\\.\\.\\.$");
            long begun = System.nanoTime();
            boolean served = isServed(daemon);

            assertThat(swarm.get()).hasSize(CLIENTS).containsOnly(content);
            Run.Result end = daemon.run().await(Peers.LIMIT);

            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            assertThat(served).as("a request after the signal").isFalse();
            assertThat(running).as("transfers running at the signal").isPositive();
            assertThat(count(daemon, "complete")).isEqualTo(CLIENTS);
            assertThat(count(daemon, "failed")).isZero();
            end.assertExit(0);
            FigureLog.record("drain", mode, running, CLIENTS, millis);
            System.out.println("drain " + mode + ": " + running + " of " + CLIENTS
                    + " running at the signal, all complete, the process ended after " + millis + " ms");
        }
    }

    @Test
    void a_transfer_that_does_not_finish_in_time_gets_an_error() throws IOException {
        Content.write(root.resolve("file"), 1 << 20);
        try (Server daemon = ServerKind.daemon(root, Map.of(), "--drain", "0.5");
                DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(60_000);
            byte[] request = "\0\1file\0octet\0timeout\000255\0".getBytes(StandardCharsets.ISO_8859_1);
            client.send(new DatagramPacket(request, request.length, daemon.address()));
            DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
            client.receive(answer); // the OACK, which is never acknowledged
            daemon.run().terminate();
            client.receive(answer);
            assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("\0\5\0\0server is shutting down\0");
            daemon.run().await(Peers.LIMIT).assertExit(0);
        }
    }

    private static long count(Server daemon, String what) {
        return daemon.run()
                .printed()
                .lines()
                .filter(line -> line.contains(" read file ") && line.contains(what))
                .count();
    }

    /** Returns whether a new request gets the file; false after an ERROR, a timeout, or an unreachable port. */
    private static boolean isServed(Server daemon) throws IOException {
        byte[] request = "\0\1file\0octet\0".getBytes(StandardCharsets.US_ASCII);
        try (DatagramSocket late = new DatagramSocket()) {
            late.setSoTimeout(SILENCE_MILLIS);
            late.send(new DatagramPacket(request, request.length, daemon.address()));
            DatagramPacket answer = new DatagramPacket(new byte[600], 600);
            late.receive(answer);
            return answer.getData()[1] != 5;
        } catch (SocketTimeoutException silence) {
            return false;
        }
    }
}
