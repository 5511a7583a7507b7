package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * A transfer from the call that starts it until its file is closed. The transfer is cancelled when its caller completes
 * the result first, for example by {@code cancel} or {@code orTimeout}.
 */
@dev.lockstep.tftp.concurrent.EventLoop
public final class RunningTransfer {
    private final EventLoop loop;
    private final CompletableFuture<TransferResult> result;
    private final CompletableFuture<TransferResult> end = new CompletableFuture<>();
    private Consumer<TftpException> stage = cause -> {};
    private TftpException cancelled;

    /** Creates a transfer on the given event loop, with the future that its caller holds. */
    public RunningTransfer(EventLoop loop, CompletableFuture<TransferResult> result) {
        this.loop = loop;
        this.result = result;
    }

    /** Connects the two futures. {@code whenEnded} runs before the result is known. Must be called once. */
    @ThreadSafe
    public void start(Runnable whenEnded) {
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

    /** Cancels the transfer unless it has ended. */
    @ThreadSafe
    public void cancel(TftpException cause) {
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
            // closing the client has already cancelled the transfer
        }
    }

    /** Sets the action that cancels the transfer from now on. Runs it at once if the transfer has been cancelled. */
    public void enter(Consumer<TftpException> next) {
        stage = next;
        if (cancelled != null) {
            next.accept(cancelled);
        }
    }

    /** Returns whether the transfer must not continue. */
    public boolean isCancelled() {
        return cancelled != null || result.isDone();
    }

    /** Completes the transfer successfully. Called when the file is closed. */
    void complete(TransferResult done) {
        end.complete(done);
    }

    /** Fails the transfer. Called when the file is closed. */
    public void fail(Throwable cause) {
        end.completeExceptionally(cause);
    }

    /** Returns a future that completes when the file is closed, which may be later than the result. */
    @ThreadSafe
    public CompletableFuture<TransferResult> end() {
        return end;
    }
}
