package dev.lockstep.tftp.internal.http;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sends the same snapshot to all viewers once in each period, as a server-sent event. The snapshot is made only while
 * there are viewers. A viewer that has not received the last one misses the next, so at most one is queued for it.
 */
@EventLoop
final class EventStream {
    /** Limit of viewers. */
    static final int MAX_VIEWERS = 16;

    /** The snapshots in sequence that a viewer may miss before its connection is closed. */
    static final int MAX_MISSED = 20;

    /** Sent first: the time in milliseconds after which a browser connects again. */
    private static final String RETRY = "retry: 1000\n\n";

    private final Supplier<String> snapshots;
    private final Duration period;
    private final EventExecutor executor;
    private final Consumer<Throwable> failures;
    private final Map<Channel, Integer> missed = new LinkedHashMap<>();
    private ByteBuf last = Unpooled.EMPTY_BUFFER;
    private Future<?> task;

    EventStream(Supplier<String> snapshots, Duration period, EventExecutor executor, Consumer<Throwable> failures) {
        this.snapshots = snapshots;
        this.period = period;
        this.executor = executor;
        this.failures = failures;
    }

    /** Returns true if there are as many viewers as allowed. */
    boolean isFull() {
        return missed.size() >= MAX_VIEWERS;
    }

    /** Adds a viewer, whose channel has sent the head of the response, and sends it a snapshot. */
    void add(Channel viewer) {
        missed.put(viewer, 0);
        if (task == null) {
            task = executor.scheduleAtFixedRate(this::next, period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
            take();
        }
        viewer.write(new DefaultHttpContent(Unpooled.copiedBuffer(RETRY, StandardCharsets.UTF_8)));
        viewer.writeAndFlush(new DefaultHttpContent(last.retainedDuplicate()));
        viewer.closeFuture().addListener(closed -> remove(viewer)); // at once, if the connection is closed already
    }

    private void remove(Channel viewer) {
        missed.remove(viewer);
        if (missed.isEmpty() && task != null) {
            task.cancel(false);
            task = null;
            replace(Unpooled.EMPTY_BUFFER);
        }
    }

    private void next() {
        take();
        for (Channel viewer : List.copyOf(missed.keySet())) { // a write that fails closes the viewer, which removes it
            if (viewer.isWritable()) {
                missed.put(viewer, 0);
                viewer.writeAndFlush(new DefaultHttpContent(last.retainedDuplicate()));
            } else if (missed.merge(viewer, 1, Integer::sum) > MAX_MISSED) {
                viewer.close();
            }
        }
    }

    /** Makes the next snapshot. After a failure, viewers get the last one again. */
    private void take() {
        try {
            String data = "data: " + snapshots.get().replace("\n", "\ndata: ") + "\n\n";
            replace(Unpooled.wrappedBuffer(data.getBytes(StandardCharsets.UTF_8)));
        } catch (RuntimeException e) {
            failures.accept(e);
        }
    }

    private void replace(ByteBuf next) {
        last.release();
        last = next;
    }
}
