package dev.lockstep.tftp.server.internal.origin;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;

/**
 * Discards the body of a response. A short one is read, so that the connection can be used again; a longer one ends with
 * its connection.
 */
final class Discarded implements Subscriber<List<ByteBuffer>> {
    private static final int SHORT = 64 * 1024;

    private Subscription subscription;
    private int received;

    private Discarded() {}

    static void subscribeTo(Publisher<List<ByteBuffer>> body) {
        body.subscribe(new Discarded());
    }

    @Override
    public void onSubscribe(Subscription begun) {
        subscription = begun;
        begun.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        received += bytes.stream().mapToInt(ByteBuffer::remaining).sum();
        if (received > SHORT) {
            subscription.cancel();
        } else {
            subscription.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        // no request needs the body
    }

    @Override
    public void onComplete() {
        // the connection can be used again
    }
}
