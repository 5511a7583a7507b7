package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Sink;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/** Passes the content of a get to a subscriber, as much as it requests. */
@ThreadSafe
public final class TransferSubscription implements Flow.Subscription {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final Executor executor;
    private final QueueSink queue = new QueueSink(this::signal);
    private final AtomicLong demand = new AtomicLong();
    /** Signals that were not processed yet. One thread processes them while this is not zero. */
    private final AtomicInteger signals = new AtomicInteger(1);

    private volatile CompletableFuture<TransferResult> transfer;
    private volatile boolean ended;
    private volatile boolean over;
    private volatile Throwable failure;
    private volatile long invalidRequest = 1;

    /**
     * Creates a subscription.
     *
     * @param executor calls the subscriber, which may block
     */
    public TransferSubscription(Flow.Subscriber<? super ByteBuffer> subscriber, Executor executor) {
        this.subscriber = Objects.requireNonNull(subscriber, "subscriber");
        this.executor = executor;
    }

    /**
     * Calls {@code onSubscribe}, then starts the get. Must be called once.
     *
     * @param get starts a get
     */
    public void begin(
            TransferRequest request, BiFunction<TransferRequest, Sink, CompletableFuture<TransferResult>> get) {
        subscriber.onSubscribe(this);
        if (!over) {
            transfer = get.apply(request, queue);
            transfer.whenComplete((result, cause) -> {
                failure = cause;
                ended = true;
                signal();
            });
            if (over) { // cancelled by another thread meanwhile
                transfer.cancel(true);
            }
        }
        execute();
    }

    @Override
    public void request(long count) {
        if (count < 1) {
            invalidRequest = count;
        } else {
            demand.accumulateAndGet(count, (one, other) -> one + other < 0 ? Long.MAX_VALUE : one + other);
        }
        signal();
    }

    @Override
    public void cancel() {
        over = true;
        queue.abandon();
        CompletableFuture<TransferResult> running = transfer;
        if (running != null) {
            running.cancel(true);
        }
    }

    private void signal() {
        if (signals.getAndIncrement() == 0) {
            execute();
        }
    }

    private void execute() {
        try {
            executor.execute(this::process);
        } catch (RejectedExecutionException closed) {
            process(); // the client is closed: nothing but the failure is passed
        }
    }

    private void process() {
        for (int seen = signals.get(); seen != 0; seen = signals.addAndGet(-seen)) {
            try {
                deliver();
            } catch (RuntimeException | Error e) {
                cancel(); // a subscriber must not throw: nothing more is passed to it
                throw e;
            }
        }
    }

    private void deliver() {
        while (!over && invalidRequest > 0 && demand.get() > 0) {
            ByteBuffer part = queue.poll();
            if (part == null) {
                break;
            }
            if (demand.get() != Long.MAX_VALUE) {
                demand.decrementAndGet();
            }
            subscriber.onNext(part);
        }
        if (over) {
            return;
        }
        if (invalidRequest < 1) {
            cancel();
            subscriber.onError(new IllegalArgumentException("request: " + invalidRequest + " (expected: >= 1)"));
        } else if (ended && queue.isEmpty()) {
            over = true;
            if (failure == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(TftpException.of(failure));
            }
        }
    }
}
