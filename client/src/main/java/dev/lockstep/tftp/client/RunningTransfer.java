package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * A transfer from the call that starts it until its file is closed. It is cancelled when its caller completes the
 * result first, by {@code cancel} or {@code orTimeout} for example. Used on its event loop, except where noted.
 */
final class RunningTransfer {
    private final EventLoop loop;
    private final CompletableFuture<TransferResult> result;
    private final CompletableFuture<TransferResult> end = new CompletableFuture<>();
    private Consumer<TftpException> stage = cause -> {};
    private TftpException cancelled;

    /** A transfer on that event loop, with the future that its caller holds. */
    RunningTransfer(EventLoop loop, CompletableFuture<TransferResult> result) {
        this.loop = loop;
        this.result = result;
    }

    /** Connects the two futures; {@code whenEnded} runs before the result is known. On any thread, once. */
    void start(Runnable whenEnded) {
        end.whenComplete((done, failure) -> {
            whenEnded.run();
            if (failure == null) {
                result.complete(done);
            } else {
                result.completeExceptionally(failure);
            }
        });
        result.whenComplete((done, failure) -> cancel(new TftpException(ErrorCode.NOT_DEFINED, "cancelled")));
    }

    /** Ends the transfer unless it has ended. On any thread. */
    void cancel(TftpException cause) {
        if (end.isDone()) {
            return;
        }
        try {
            loop.execute(() -> {
                if (cancelled == null) {
                    cancelled = cause;
                    stage.accept(cause);
                }
            });
        } catch (RejectedExecutionException ignored) {
            // the client has been closed, which has cancelled it
        }
    }

    /** Sets what ends the transfer from now on; runs it at once if the transfer has been cancelled. */
    void enter(Consumer<TftpException> next) {
        stage = next;
        if (cancelled != null) {
            next.accept(cancelled);
        }
    }

    /** Whether nothing of the transfer may go on. */
    boolean isCancelled() {
        return cancelled != null || result.isDone();
    }

    /** The file is closed, and the transfer was successful. */
    void complete(TransferResult done) {
        end.complete(done);
    }

    /** The file is closed, and the transfer has failed. */
    void fail(Throwable cause) {
        end.completeExceptionally(cause);
    }

    /** Completes when the file is closed, which may be later than the result. On any thread. */
    CompletableFuture<TransferResult> end() {
        return end;
    }
}
