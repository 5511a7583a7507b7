package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.negotiation.TransferLimits;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags for the requests of a client and for its packets. */
public final class RequestOptions {
    @Option(
            names = "--blksize",
            paramLabel = "N",
            description = "Block size to request, in bytes (8-65464, default 1428).")
    private Integer blksize;

    @Option(
            names = "--windowsize",
            paramLabel = "N",
            description = "Window size to request, in blocks (1-32767, default 64).")
    private Integer windowsize;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Retransmission timeout to request (1-255).")
    private Integer timeout;

    @Option(names = "--give-up", paramLabel = "SECONDS", description = "Idle timeout of a transfer (default 30).")
    private double idleTimeout = TransferLimits.DEFAULT.idleTimeout().toSeconds();

    @Option(names = "--no-options", description = "Request no options (plain RFC 1350).")
    private boolean noOptions;

    @Option(names = "--mode", paramLabel = "octet|netascii", description = "Transfer mode (default octet).")
    private String mode = "octet";

    @Option(
            names = "--trace",
            arity = "0..1",
            paramLabel = "decoded",
            preprocessor = TraceValue.class,
            description =
                    "Print each packet on standard error: its bytes, or with --trace=decoded its time, peer and message.")
    private String trace;

    @Mixin
    private CaptureOption capture;

    /** Returns whether any flag for the options to request is given. */
    public boolean areOptionsGiven() {
        return blksize != null || windowsize != null || timeout != null || noOptions;
    }

    /** Returns whether packets are printed. */
    boolean isTraced() {
        return trace != null;
    }

    /**
     * Returns the mode of files whose URI has none.
     *
     * @throws IllegalArgumentException for an unknown mode
     */
    public TransferMode mode() {
        return TransferMode.named(mode)
                .orElseThrow(() -> new IllegalArgumentException("--mode: " + mode + " (expected: octet or netascii)"));
    }

    /**
     * Returns a builder of clients with these settings.
     *
     * @param dally how long a finished get dallies
     * @param firstBlockPart the timeout for the first block as a part of the idle timeout; 0 for none
     * @throws IllegalArgumentException for an invalid setting
     */
    public TftpClientBuilder newBuilder(Duration dally, double firstBlockPart) {
        Duration retransmission = Duration.ofSeconds(timeout == null ? 0 : timeout);
        TftpClientBuilder builder = TftpClient.builder()
                .blksize(blksize == null ? TftpClientBuilder.BLKSIZE : blksize)
                .windowsize(windowsize == null ? TftpClientBuilder.WINDOWSIZE : windowsize)
                .timeout(timeout == null ? 0 : timeout)
                .options(!noOptions)
                .limits(TransferLimits.DEFAULT
                        .withTimes(retransmission, seconds(idleTimeout), dally)
                        .withFirstBlockTimeout(seconds(idleTimeout * firstBlockPart))
                        .withExactSize(true));
        if (trace != null) {
            builder.tap(TraceForm.parse(trace).onClient(System.err::println));
        }
        capture.open().ifPresent(builder::tap);
        return builder;
    }

    private static Duration seconds(double value) {
        return Duration.ofNanos((long) (value * 1e9));
    }
}
