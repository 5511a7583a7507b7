package dev.lockstep.tftp.client.shell;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.client.cli.Report;
import dev.lockstep.tftp.client.cli.Terminals;
import dev.lockstep.tftp.client.cli.TransferProgressBar;
import dev.lockstep.tftp.client.internal.file.LocalFile;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferSummary;
import dev.lockstep.tftp.internal.capture.PacketCapture;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Runs the transfers of a shell, one after another. {@link #interrupt} from another thread cancels the running
 * transfer.
 */
final class ShellTransfers implements AutoCloseable {
    private static final double NANOS = 1e9;

    private interface Start {
        CompletableFuture<TransferResult> on(TftpClient client, TransferRequest request) throws TftpException;
    }

    private final ShellSettings settings;
    private final PacketTap trace;
    private final PacketCapture capture;
    private TftpClient running;
    private boolean closed;
    private volatile boolean isInterrupted;

    /**
     * Creates the transfers of a shell.
     *
     * @param trace prints the packets, while the settings ask for it
     * @param capture the capture, which is taken over, or null
     */
    ShellTransfers(ShellSettings settings, PacketTap trace, PacketCapture capture) {
        this.settings = settings;
        this.trace = trace;
        this.capture = capture;
    }

    /**
     * Runs the transfer, prints its result, and returns whether it succeeded.
     *
     * @param label the beginning of the line with the result
     */
    boolean get(String label, RemoteFile remote, Path local) {
        return run(label + "Received", remote, (client, request) -> client.getAsync(request, LocalFile.sink(local)));
    }

    /**
     * Runs the transfer, prints its result, and returns whether it succeeded.
     *
     * @param label the beginning of the line with the result
     */
    boolean put(String label, Path local, RemoteFile remote) {
        return run(label + "Sent", remote, (client, request) -> client.putAsync(LocalFile.source(local), request));
    }

    private boolean run(String done, RemoteFile remote, Start start) {
        boolean shown = Terminals.canRewriteLines(Terminals.OUTPUT, Terminals.ERRORS) && !settings.trace();
        try (TftpClient client = newClient()) {
            begin(client);
            TransferResult result;
            try (TransferProgressBar progress = TransferProgressBar.start(shown, 1)) {
                TransferRequest request = TransferRequest.of(remote).observedBy(progress.transfer());
                result = start.on(client, request).join();
            }
            return succeeded(done, result);
        } catch (TftpException | CompletionException e) {
            return failed(remote, e);
        } finally {
            end();
        }
    }

    /** Creates a client for one transfer, because settings change between commands. Creating one takes little time. */
    private TftpClient newClient() {
        TftpClientBuilder builder = settings.applyTo(TftpClient.builder());
        if (settings.trace()) {
            builder.tap(trace);
        }
        if (capture != null) {
            builder.tap(capture::attach); // not closed with the client: the capture continues
        }
        return builder.build();
    }

    private boolean succeeded(String done, TransferResult result) {
        double seconds = result.stats().elapsed(0) / NANOS;
        String line = done + " " + result.stats().bytes() + " bytes in " + Math.round(seconds * 10) / 10.0 + " seconds";
        if (settings.verbose()) {
            line += " [" + TransferSummary.of(result.stats(), result.settings()) + "]";
        }
        System.out.println(line);
        if (result.outcome() != Outcome.COMPLETE) {
            System.err.println("tftp: " + result.remote() + ": probably complete: the last ACK never came");
        }
        return true;
    }

    private boolean failed(RemoteFile remote, Throwable failure) {
        System.err.println("tftp: " + remote + ": " + (isInterrupted ? "interrupted" : Report.described(failure)));
        return false;
    }

    private synchronized void begin(TftpClient client) throws TftpException {
        if (closed) { // lines from a pipe are still read while the process exits
            throw new TftpException(ErrorCode.NOT_DEFINED, "closed");
        }
        running = client;
        isInterrupted = false;
    }

    private synchronized void end() {
        running = null;
    }

    /** Cancels the running transfer, if there is one. */
    void interrupt() {
        TftpClient client;
        synchronized (this) {
            client = running;
            isInterrupted = true;
        }
        if (client != null) {
            client.close();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        interrupt();
        if (capture != null) {
            capture.close();
        }
    }
}
