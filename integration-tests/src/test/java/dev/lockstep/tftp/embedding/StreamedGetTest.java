package dev.lockstep.tftp.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.junit.RecordedTransfer;
import dev.lockstep.tftp.junit.TftpFixture;
import dev.lockstep.tftp.junit.TftpServerTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the forms of get that pass the content on while it arrives. */
@Timeout(60)
@TftpServerTest
class StreamedGetTest {
    private static final byte[] CONTENT = new byte[2_000_000];
    /** Bytes that may be on this side without being read: the capacity of the queue and a window. */
    private static final int MOST_PENDING = 256 * 1024 + 64 * 1428;

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private final TftpClient client = TftpClient.builder().build();
    private final CompletableFuture<TransferStats> stats = new CompletableFuture<>();
    private final TransferListener counting = event -> {
        if (event instanceof TransferEvent.Started started) {
            stats.complete(started.stats());
        }
    };
    private TftpFixture tftp;

    @BeforeEach
    void serve(TftpFixture fixture) {
        tftp = fixture.serve("f", CONTENT).serve("empty", new byte[0]);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private URI uri() {
        return tftp.uri("f");
    }

    private long awaitPause() {
        while (stats.join().bytes() < 256 * 1024) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return stats.join().bytes();
    }

    @Test
    void a_stream_has_the_content_and_pauses_the_transfer_while_it_is_not_read() throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (InputStream in = client.getStream(uri(), counting)) {
            assertThat(awaitPause()).isLessThanOrEqualTo(MOST_PENDING);
            byte[] part = new byte[10_000];
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                content.write(part, 0, count);
                assertThat(stats.join().bytes() - content.size()).isLessThanOrEqualTo(MOST_PENDING);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
        assertThat(content.toByteArray()).isEqualTo(CONTENT);
        assertThat(tftp.awaitTransfer("f").failure()).isEmpty();
        try (InputStream in = client.getStream(tftp.uri("empty"))) {
            assertThat(in.readAllBytes()).isEmpty();
        }
        try (InputStream in = client.getStream(URI.create(uri() + ";mode=netascii"))) {
            assertThat(in.readAllBytes()).isEqualTo(CONTENT);
        }
    }

    @Test
    void closing_a_stream_early_cancels_the_transfer() throws IOException {
        InputStream in = client.getStream(TransferRequest.of(uri()));
        assertThat(in.read()).isEqualTo(CONTENT[0] & 0xFF);
        in.close();
        assertThatThrownBy(in::readAllBytes).hasMessage("stream closed");
        requireCancelled();
    }

    private void requireCancelled() {
        RecordedTransfer transfer = tftp.awaitTransfer("f");
        assertThat(transfer.failure()).get().satisfies(error -> {
            assertThat(error.isFromPeer()).isTrue();
            assertThat(error).hasMessage("cancelled");
        });
    }

    @Test
    void a_refused_request_fails_at_once_and_a_later_error_after_the_bytes_before_it() throws IOException {
        assertThatThrownBy(() -> client.getStream(tftp.uri("none")))
                .isInstanceOfSatisfying(
                        TftpException.class,
                        e -> assertThat(e.is(ErrorCode.FILE_NOT_FOUND)).isTrue());
        tftp.nextTransfer().errorAfter(3, ErrorCode.NOT_DEFINED, "power lost");
        try (InputStream in = client.getStream(uri())) {
            assertThat(in.readNBytes(3 * 1428)).hasSize(3 * 1428);
            assertThatThrownBy(in::read).hasMessage("power lost");
            assertThatThrownBy(in::read).hasMessage("power lost");
        }
    }

    @Test
    void closing_the_client_fails_the_read() throws IOException {
        try (InputStream in = client.getStream(uri())) {
            client.close();
            assertThatThrownBy(in::readAllBytes).hasMessage("closed");
        }
    }

    @Test
    void an_interrupted_read_cancels_the_transfer() throws Exception {
        tftp.nextTransfer().errorAfter(1, ErrorCode.NOT_DEFINED, "unused").silent();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                client.getStream(uri());
            } catch (IOException e) {
                failure.complete(e);
            }
        });
        reader.start();
        tftp.awaitRequest(request -> true);
        reader.interrupt();
        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
    }

    /** Collects what it is passed. */
    private static class Collector implements Flow.Subscriber<ByteBuffer> {
        final CompletableFuture<byte[]> result = new CompletableFuture<>();
        final CountDownLatch first = new CountDownLatch(1);
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        volatile Flow.Subscription subscription;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(ByteBuffer part) {
            assertThat(part.hasRemaining()).isTrue();
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            content.writeBytes(bytes);
            first.countDown();
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            result.complete(content.toByteArray());
        }
    }

    @Test
    void a_publisher_passes_as_much_as_is_requested_and_pauses_the_transfer() throws Exception {
        Collector each = new Collector() {
            @Override
            public void onNext(ByteBuffer part) {
                super.onNext(part);
                assertThat(stats.join().bytes() - content.size()).isLessThanOrEqualTo(MOST_PENDING);
                subscription.request(1);
            }
        };
        Flow.Publisher<ByteBuffer> publisher = client.getPublisher(uri(), counting);
        assertThat(tftp.requests()).isEmpty();
        publisher.subscribe(each);
        assertThat(awaitPause()).isLessThanOrEqualTo(MOST_PENDING);
        assertThat(each.content.size()).isZero();
        each.subscription.request(1);
        assertThat(each.result.get(30, TimeUnit.SECONDS)).isEqualTo(CONTENT);
        Collector unbounded = new Collector();
        publisher.subscribe(unbounded);
        unbounded.subscription.request(Long.MAX_VALUE);
        unbounded.subscription.request(1);
        assertThat(unbounded.result.get(30, TimeUnit.SECONDS)).isEqualTo(CONTENT);
        assertThat(tftp.requests()).hasSize(2);
    }

    @Test
    void cancelling_a_subscription_cancels_the_transfer() throws Exception {
        Collector some = new Collector();
        client.getPublisher(uri()).subscribe(some);
        some.subscription.request(2);
        assertThat(some.first.await(30, TimeUnit.SECONDS)).isTrue();
        some.subscription.cancel();
        some.subscription.request(10);
        requireCancelled();
        assertThat(some.content.size()).isLessThanOrEqualTo(2 * 1428);
        assertThat(some.result).isNotDone();
        client.getPublisher(tftp.uri("never")).subscribe(new Collector() {
            @Override
            public void onSubscribe(Flow.Subscription given) {
                given.cancel();
            }
        });
        assertThat(tftp.requests()).hasSize(1);
    }

    @Test
    void failures_reach_the_subscriber() throws Exception {
        Collector refused = new Collector();
        client.getPublisher(tftp.uri("none")).subscribe(refused);
        assertThat(refused.result)
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("file not found");
        Collector wrong = new Collector();
        client.getPublisher(uri()).subscribe(wrong);
        wrong.subscription.request(1);
        assertThat(wrong.first.await(30, TimeUnit.SECONDS))
                .isTrue(); // a request that is cancelled earlier is never sent
        wrong.subscription.request(0);
        assertThat(wrong.result)
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withMessageContaining("request: 0 (expected: >= 1)");
        requireCancelled();
    }
}
