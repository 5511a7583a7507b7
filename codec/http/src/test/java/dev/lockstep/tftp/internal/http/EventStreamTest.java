package dev.lockstep.tftp.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Server-sent events, in virtual time. */
class EventStreamTest {
    private static final String RETRY = "retry: 1000\n\n";

    private final EmbeddedChannel clock = new EmbeddedChannel();
    private final AtomicInteger made = new AtomicInteger();
    private final List<Throwable> failures = new ArrayList<>();
    private boolean broken;
    private final EventStream stream =
            new EventStream(this::snapshot, Duration.ofSeconds(1), clock.eventLoop(), failures::add);

    EventStreamTest() {
        clock.freezeTime();
    }

    private String snapshot() {
        made.incrementAndGet();
        if (broken) {
            throw new IllegalStateException("broken");
        }
        return "s" + made;
    }

    @AfterEach
    void finish() {
        assertThat(clock.finish()).isFalse();
    }

    /** A viewer whose connection takes data or not. */
    private static final class Viewer extends EmbeddedChannel {
        boolean stuck;

        @Override
        public boolean isWritable() {
            return !stuck;
        }

        String received() {
            StringBuilder all = new StringBuilder();
            for (HttpContent part = readOutbound(); part != null; part = readOutbound()) {
                all.append(part.content().toString(StandardCharsets.UTF_8));
                part.release();
            }
            return all.toString();
        }
    }

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            clock.advanceTimeBy(1, TimeUnit.SECONDS);
            clock.runScheduledPendingTasks();
        }
    }

    @Test
    void snapshots_are_made_only_while_somebody_watches() {
        seconds(5);
        assertThat(made).hasValue(0);
        Viewer viewer = new Viewer();
        stream.add(viewer);
        assertThat(viewer.received()).isEqualTo(RETRY + "data: s1\n\n");
        seconds(2);
        assertThat(viewer.received()).isEqualTo("data: s2\n\ndata: s3\n\n");
        viewer.close();
        seconds(5);
        assertThat(made).hasValue(3);
    }

    @Test
    void all_viewers_get_the_same_snapshot() {
        Viewer one = new Viewer();
        Viewer other = new Viewer();
        stream.add(one);
        stream.add(other);
        seconds(1);

        assertThat(made).hasValue(2);
        assertThat(one.received()).isEqualTo(RETRY + "data: s1\n\ndata: s2\n\n");
        assertThat(other.received()).isEqualTo(RETRY + "data: s1\n\ndata: s2\n\n");
        one.close();
        other.close();
    }

    @Test
    void a_viewer_that_is_slow_misses_snapshots_and_is_closed_if_it_stays_so() {
        Viewer slow = new Viewer();
        Viewer quick = new Viewer();
        stream.add(slow);
        stream.add(quick);
        slow.received();
        slow.stuck = true;
        seconds(EventStream.MAX_MISSED);
        assertThat(slow.received()).isEmpty();
        slow.stuck = false;
        seconds(1);
        assertThat(slow.received()).isEqualTo("data: s" + made + "\n\n");
        slow.stuck = true;
        seconds(EventStream.MAX_MISSED);
        assertThat(slow.isOpen()).isTrue();
        seconds(1);

        assertThat(slow.isOpen()).isFalse();
        assertThat(quick.received()).contains("data: s" + made + "\n\n");
        quick.close();
    }

    @Test
    void after_a_failure_viewers_get_the_last_snapshot_again() {
        Viewer viewer = new Viewer();
        stream.add(viewer);
        broken = true;
        seconds(1);
        broken = false;
        seconds(1);

        assertThat(failures).hasSize(1);
        assertThat(viewer.received()).isEqualTo(RETRY + "data: s1\n\ndata: s1\n\ndata: s3\n\n");
        viewer.close();
    }
}
