package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.storage.Storage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Opens any name for a read and an upload, from clients with different rules.
 *
 * <pre>
 *   input  = name, as bytes of a request, or name NUL target
 *   target = destination of a link in the root, and hardware address of a client in the neighbour table
 * </pre>
 *
 * Nothing outside the root may be read or changed. See {@link PathFuzzerFiles} for the files.
 */
public final class PathFuzzer {
    private static final PathFuzzerFiles FOLDER = PathFuzzerFiles.create();

    /** The clients. Each but the last has a rule of its own. */
    private static final List<InetSocketAddress> CLIENTS = IntStream.rangeClosed(1, PathFuzzerFiles.RULES + 1)
            .mapToObj(number -> new InetSocketAddress("10.0.0." + number, 2000))
            .toList();

    private PathFuzzer() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        int end = 0;
        while (end < input.length && input[end] != 0) {
            end++;
        }
        String name = onTheWire(Arrays.copyOf(input, end));
        if (name == null) {
            return;
        }
        String target = new String(
                input, Math.min(input.length, end + 1), Math.max(0, input.length - end - 1), StandardCharsets.UTF_8);
        FOLDER.link(target);
        for (InetSocketAddress client : CLIENTS) {
            read(name, client);
            write(name, client);
        }
        FOLDER.unlink();
        FOLDER.requireNothingNewOutside(name);
    }

    /** Returns the name; null if the input is no valid request. */
    private static String onTheWire(byte[] name) {
        ByteBuf datagram = Unpooled.buffer().writeShort(1).writeBytes(name);
        datagram.writeByte(0)
                .writeBytes("octet".getBytes(StandardCharsets.US_ASCII))
                .writeByte(0);
        try {
            return ((Request) TftpCodec.decode(datagram)).filename();
        } catch (MalformedMessageException e) {
            return null;
        }
    }

    private static Storage filesOf(Request request, InetSocketAddress client) throws TftpException {
        return FOLDER.rules().resolve(request, client).storage();
    }

    private static void read(String name, InetSocketAddress client) {
        try {
            ReadRequest request = new ReadRequest(name, TransferMode.OCTET, Options.NONE);
            Storage files = filesOf(request, client);
            for (int time = 0; time < 2; time++) { // the second read may be served from the cache
                try (Source source = time == 0 ? files.read(request, client) : files.tryOpenCached(request, client)) {
                    requirePublic(name, source);
                }
            }
        } catch (TftpException expected) {
            // refused
        } catch (IOException e) {
            throw new AssertionError("neither opened nor refused: " + name, e);
        }
    }

    private static void requirePublic(String name, Source source) throws IOException {
        if (source == null) {
            return;
        }
        ByteBuffer content = ByteBuffer.allocate(PathFuzzerFiles.PUBLIC.length + 1);
        source.read(content);
        if (!Arrays.equals(Arrays.copyOf(content.array(), content.position()), PathFuzzerFiles.PUBLIC)) {
            throw new AssertionError("read out of the root: " + name);
        }
    }

    private static void write(String name, InetSocketAddress client) throws IOException {
        Options size = Options.NONE.with("tsize", Integer.toString(PathFuzzerFiles.PUBLIC.length));
        WriteRequest request = new WriteRequest(name, TransferMode.OCTET, size);
        try (Sink sink = filesOf(request, client).write(request, client)) {
            sink.write(ByteBuffer.wrap(PathFuzzerFiles.PUBLIC));
            sink.commit();
        } catch (TftpException refused) {
            return;
        } catch (IOException e) {
            throw new AssertionError("neither opened nor refused: " + name, e);
        }
        FOLDER.removeWhatIsNew();
    }
}
