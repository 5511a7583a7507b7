package dev.lockstep.tftp.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.Storage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StopTest {
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A sink that takes half a second to close, like the removal of a large file. */
    private final class SlowSink implements Sink {
        @Override
        public void write(ByteBuffer from) {
            from.position(from.limit());
        }

        @Override
        public void commit() {}

        @Override
        public void close() throws IOException {
            try {
                new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            closed.set(true);
        }
    }

    private final class SlowStorage implements Storage {
        @Override
        public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
            throw new IOException("only writes");
        }

        @Override
        public Sink write(WriteRequest request, InetSocketAddress peer) {
            return new SlowSink();
        }
    }

    /**
     * The process may end right after {@code stop}: a file that is open then would be left behind, and an event lost.
     */
    @Test
    void stop_returns_when_the_files_of_ended_transfers_are_closed_and_their_end_is_reported() throws IOException {
        List<TransferEvent> events = new CopyOnWriteArrayList<>();
        TftpServer server = TftpServer.builder()
                .storage(new SlowStorage())
                .listen(new InetSocketAddress("127.0.0.1", 0))
                .listener(events::add)
                .start();
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.ask(new InetSocketAddress("127.0.0.1", server.port()), Bytes.wrq("file"));
            client.expect(Bytes.ack(0));
            server.stop(Duration.ZERO);
        }
        assertThat(closed).isTrue();
        assertThat(events).anyMatch(TransferEvent.Ended.class::isInstance);
    }
}
