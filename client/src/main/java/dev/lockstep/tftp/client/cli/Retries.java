package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.internal.connect.ClientTransfer;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Decides whether and when a failed transfer is attempted again.
 *
 * @param most how often at most
 * @param scheduler runs an action after a pause
 */
record Retries(int most, BiConsumer<Runnable, Duration> scheduler) {
    private static final long MOST_SECONDS = 60;
    private static final int MOST_DOUBLINGS = 6;

    /** Returns a number of retries in real time. */
    static Retries of(int most) {
        return new Retries(
                most,
                (action, pause) -> CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(action));
    }

    /**
     * Returns whether the transfer may succeed when it is attempted again.
     *
     * @param attempts how often it has been attempted
     */
    boolean isWorthwhile(Throwable failure, int attempts) {
        TftpException cause = TftpException.of(failure);
        boolean isTransient = cause.isFromPeer()
                ? cause.is(ErrorCode.NOT_DEFINED) // for example: too many transfers
                : ClientTransfer.isUnanswered(cause);
        return attempts <= most && isTransient;
    }

    /** Returns the pause after the given number of attempts: 1 s, then twice as long each time. */
    Duration pause(int attempts) {
        return Duration.ofSeconds(Math.min(MOST_SECONDS, 1L << Math.min(MOST_DOUBLINGS, attempts - 1)));
    }
}
