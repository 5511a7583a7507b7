package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 69);
    private static final ReadRequest REQUEST = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
    private static final TransferEvent REQUESTED = new TransferEvent.Requested(1, SERVER, REQUEST);
    private static final TransferEvent STARTED =
            new TransferEvent.Started(1, SERVER, REQUEST, TransferSettings.PLAIN, Options.NONE, Counted.stats(0, 0));

    private final List<String> started = new ArrayList<>();

    /** Returns a get of a file that fails. Passes the file name to {@code whenStarted} before. */
    private static Batch.Job failing(String local, Consumer<String> whenStarted) {
        RemoteFile remote = new RemoteFile("192.0.2.1", 69, local, TransferMode.OCTET);
        return new Batch.Job("get", local, remote, (client, request) -> {
            whenStarted.accept(local);
            return CompletableFuture.failedFuture(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
        });
    }

    @Test
    void after_a_stop_no_waiting_transfer_is_started() throws InterruptedException {
        Batch batch = new Batch(
                null,
                new Report(false, false, false, System.out),
                TransferProgressBar.start(false, 2),
                2,
                Retries.of(0));
        Consumer<String> stopAtSecond = name -> {
            started.add(name);
            if (started.size() == 2) {
                batch.stop();
            }
        };
        assertThat(batch.run(List.of("a", "b", "c", "d", "e").stream()
                        .map(name -> failing(name, stopAtSecond))
                        .toList()))
                .isEqualTo(1);
        assertThat(started).containsExactly("a", "b");
    }

    /** Runs one job with two retries, the pauses of which are only recorded. Returns the exit status. */
    private int run(Batch.Job job, List<Duration> pauses) throws InterruptedException {
        Retries retries = new Retries(2, (action, pause) -> {
            pauses.add(pause);
            action.run();
        });
        Report report = new Report(false, true, false, System.out);
        return new Batch(null, report, TransferProgressBar.start(false, 1), 2, retries).run(List.of(job));
    }

    private Batch.Job failing(String local, TransferEvent event, TftpException failure) {
        RemoteFile remote = new RemoteFile("192.0.2.1", 69, "f", TransferMode.OCTET);
        return new Batch.Job("get", local, remote, (client, request) -> {
            started.add(local);
            request.listener().on(event);
            return CompletableFuture.failedFuture(failure);
        });
    }

    @Test
    void a_transfer_without_an_answer_is_attempted_again_after_growing_pauses() throws InterruptedException {
        List<Duration> pauses = new ArrayList<>();
        assertThat(run(failing("f", STARTED, TftpException.timedOut()), pauses)).isEqualTo(1);
        assertThat(started).hasSize(3);
        assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @Test
    void a_failure_that_will_not_go_away_is_final() throws InterruptedException {
        TftpException missing = TftpException.fromPeer(new ErrorMessage(1, "file not found"));
        TftpException full = new TftpException(ErrorCode.DISK_FULL, "disk full", new IOException("No space left"));
        for (TftpException failure : List.of(missing, full)) {
            assertThat(run(failing("f", REQUESTED, failure), new ArrayList<>())).isEqualTo(1);
        }
        assertThat(started).hasSize(2);
    }

    @Test
    void a_busy_server_is_asked_again() throws InterruptedException {
        TftpException busy = TftpException.fromPeer(new ErrorMessage(0, "too many transfers"));
        assertThat(run(failing("f", REQUESTED, busy), new ArrayList<>())).isEqualTo(1);
        assertThat(started).hasSize(3);
    }

    @Test
    void a_standard_stream_is_transferred_again_only_if_nothing_was_transferred() throws InterruptedException {
        assertThat(run(failing("-", STARTED, TftpException.timedOut()), new ArrayList<>()))
                .isEqualTo(1);
        assertThat(started).hasSize(1);
        assertThat(run(failing("-", REQUESTED, TftpException.timedOut()), new ArrayList<>()))
                .isEqualTo(1);
        assertThat(started).hasSize(4);
    }

    @Test
    void a_stop_ends_the_pause_before_the_next_attempt() throws InterruptedException {
        AtomicReference<Batch> batch = new AtomicReference<>();
        Retries retries = new Retries(9, (action, pause) -> batch.get().stop());
        Report report = new Report(false, false, false, System.out);
        batch.set(new Batch(null, report, TransferProgressBar.start(false, 1), 2, retries));
        assertThat(batch.get().run(List.of(failing("f", REQUESTED, TftpException.timedOut()))))
                .isEqualTo(1);
        assertThat(started).hasSize(1);
    }
}
