package dev.lockstep.tftp.client.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.event.TransferEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class TransferStreamTest {
    private static final int ATTEMPTS = 5000;

    /** Returns the stream of a transfer that has received one byte, and continues. */
    private static TransferStream open() throws IOException {
        return TransferStream.open(TransferRequest.of(URI.create("tftp://192.0.2.1/f")), (request, sink) -> {
            try {
                sink.write(ByteBuffer.allocate(1));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            request.listener().on(new TransferEvent.Started(1, null, null, null, null, null));
            return new CompletableFuture<>();
        });
    }

    @Test
    void a_stream_that_another_thread_closes_never_seems_to_be_at_its_end() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        TransferStream[] stream = new TransferStream[1];
        Thread closing = new Thread(() -> {
            try {
                for (int i = 0; i < ATTEMPTS; i++) {
                    both.await();
                    stream[0].close();
                    both.await();
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        closing.setDaemon(true);
        closing.start();
        for (int i = 0; i < ATTEMPTS; i++) {
            stream[0] = open();
            both.await();
            int read = readOf(stream[0]);
            both.await();
            assertThat(read).isNotEqualTo(-1);
        }
    }

    private static int readOf(InputStream in) {
        try {
            return in.read();
        } catch (IOException e) {
            assertThat(e).hasMessage("stream closed");
            return 0;
        }
    }
}
