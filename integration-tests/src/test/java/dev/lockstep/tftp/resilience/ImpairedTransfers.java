package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.testing.Requests.rrq;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.relay.RelaySettings;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * Runs any number of concurrent transfers of one server and two clients in this process. Each transfer has a relay with
 * its own seed, so that many slow networks take the time of one.
 */
final class ImpairedTransfers implements AutoCloseable {
    /** A failure that the client did not report. */
    static final String LENGTH = "length differs";

    static final String CONTENT = "content differs";

    private static final String FILE = "file";

    private final byte[] content;
    private final MemoryStorage files = new MemoryStorage(1L << 30, WriteRules.ANY_FILE);
    private final TftpClient plain;
    private final TftpClient usual;
    private final TftpServer server;

    /** A kind of transfer: its direction and its options. */
    enum Kind {
        GET_IN_LOCK_STEP,
        PUT_IN_LOCK_STEP,
        GET_WITH_OPTIONS,
        PUT_WITH_OPTIONS;

        boolean isGet() {
            return this == GET_IN_LOCK_STEP || this == GET_WITH_OPTIONS;
        }

        boolean isLockStep() {
            return this == GET_IN_LOCK_STEP || this == PUT_IN_LOCK_STEP;
        }

        @Override
        public String toString() {
            return name().toLowerCase().replace('_', ' ');
        }
    }

    /**
     * The result of one transfer.
     *
     * @param failure null if the file arrived whole
     * @param promised whether the client reported the transfer complete and knew the size of the file
     */
    record ImpairedTransfer(Kind kind, long seed, double seconds, String failure, boolean promised) {}

    /** Creates a server with one file of {@code size} bytes. */
    ImpairedTransfers(int size) {
        this(size, TransferLimits.DEFAULT);
    }

    /** Creates a server with one file, and the limits of both ends. A file must always have its announced size. */
    ImpairedTransfers(int size, TransferLimits most) {
        TransferLimits limits = most.withExactSize(true);
        plain = TftpClient.builder().options(false).limits(limits).build();
        usual = TftpClient.builder().limits(limits).build();
        content = Bytes.pattern(size);
        try {
            files.put(FILE, content);
            server = TftpServer.builder()
                    .storage(files)
                    .limits(limits)
                    .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the seeds 1 to {@code seeds} of each kind concurrently, and returns when the last transfer has ended. */
    List<ImpairedTransfer> run(int seeds, UnaryOperator<RelaySettings> network, Kind... kinds) {
        List<CompletableFuture<ImpairedTransfer>> all = new ArrayList<>();
        for (Kind kind : kinds) {
            LongStream.rangeClosed(1, seeds).forEach(seed -> all.add(start(kind, seed, network)));
        }
        return all.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<ImpairedTransfer> start(Kind kind, long seed, UnaryOperator<RelaySettings> network) {
        Relay relay =
                network.apply(Relay.to(server.addresses().get(0)).seed(seed)).start();
        TftpClient client = kind.isLockStep() ? plain : usual;
        String name = kind.isGet() ? FILE : kind + " " + seed;
        InetSocketAddress entry = relay.address();
        RemoteFile remote =
                new RemoteFile(entry.getAddress().getHostAddress(), entry.getPort(), name, TransferMode.OCTET);
        MemorySink sink = new MemorySink();
        long begin = System.nanoTime();
        CompletableFuture<TransferResult> result = kind.isGet()
                ? client.getAsync(TransferRequest.of(remote), sink)
                : client.putAsync(new ByteArraySource(content), TransferRequest.of(remote));
        return result.handleAsync((done, failure) -> {
            double seconds = (System.nanoTime() - begin) / 1e9;
            relay.close();
            byte[] arrived = !kind.isGet() ? stored(name) : sink.isCommitted() ? sink.content() : null;
            boolean promised = failure == null
                    && done.outcome() == Outcome.COMPLETE
                    && done.settings().tsize() != Source.UNKNOWN_SIZE;
            String end = failure == null ? verdict(arrived) : failure.toString();
            return new ImpairedTransfer(kind, seed, seconds, end, promised);
        });
    }

    private String verdict(byte[] arrived) {
        if (arrived == null || arrived.length != content.length) {
            return LENGTH;
        }
        return Arrays.equals(arrived, content) ? null : CONTENT;
    }

    private byte[] stored(String name) {
        try (Source source = files.read(rrq(name), null)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) source.size());
            while (source.read(buffer) > 0) {
                // until the end of the file
            }
            return buffer.array();
        } catch (TftpException notThere) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        plain.close();
        usual.close();
        server.stop(java.time.Duration.ZERO);
    }
}
