package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.io.ForwardingSink;
import dev.lockstep.tftp.io.ForwardingSource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** Files in memory that may block, like those on a disk. An upload may be published only if it was sent completely. */
final class WatchedFiles implements Storage {
    /** The name of the only file that is there from the start. */
    static final String NAME = "file";

    /** Bytes that netascii leaves unchanged, in which no two blocks are alike. */
    static final byte[] CONTENT = content();

    private static final int MEMORY = 1 << 16;

    private final MemoryStorage files = new MemoryStorage(MEMORY, WriteRules.NEW_FILES);
    private final Function<InetSocketAddress, Client> clients;

    WatchedFiles(Function<InetSocketAddress, Client> clients) throws IOException {
        this.clients = clients;
        files.put(NAME, CONTENT);
    }

    private static byte[] content() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < 1300; i++) {
            text.append(i).append(' ');
        }
        return text.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    @Override
    public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
        return new ForwardingSource(files.read(request, peer)) {
            @Override
            public boolean mayBlock() {
                return true;
            }
        };
    }

    @Override
    public Sink write(WriteRequest request, InetSocketAddress peer) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        return new ForwardingSink(files.write(request, peer)) {
            @Override
            public void write(ByteBuffer from) throws IOException {
                byte[] bytes = new byte[from.remaining()];
                from.duplicate().get(bytes);
                written.writeBytes(bytes);
                super.write(from);
            }

            @Override
            public void commit() throws IOException {
                clients.apply(peer).requireSentWhole(written.toByteArray());
                super.commit();
            }

            @Override
            public boolean mayBlock() {
                return true;
            }
        };
    }
}
