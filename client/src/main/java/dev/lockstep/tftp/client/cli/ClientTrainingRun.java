package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A get and a put of a small file from a server in this process, so that a virtual machine that watches learns which
 * classes these take. The launcher makes its class-data archive so; nobody else runs it.
 */
final class ClientTrainingRun {
    private static final String MISSING = "missing";
    private static final int SIZE = 1000;

    private ClientTrainingRun() {}

    /** Exits with 0 if all went as it should. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("tftp-rehearsal");
        int status;
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(server), "rehearsal-server");
            thread.setDaemon(true);
            thread.start();
            status = rehearse(folder.resolve("file"), "tftp://127.0.0.1:" + server.getLocalPort() + "/");
        } finally {
            Files.deleteIfExists(folder.resolve("file"));
            Files.delete(folder);
        }
        System.exit(status);
    }

    private static int rehearse(Path file, String uri) {
        int got = TftpCommand.execute("get", uri + "file", "-o", file.toString());
        int put = TftpCommand.execute("put", "--quiet", file.toString(), uri);
        int failed = TftpCommand.execute("get", uri + MISSING, "-o", file.toString());
        return got == 0 && put == 0 && failed == 1 ? 0 : 1;
    }

    private static void serve(DatagramSocket server) {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                packet.setLength(2048);
                server.receive(packet);
                TftpMessage message = TftpCodec.decode(Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength()));
                TftpMessage answer = answer(message);
                ReferenceCountUtil.release(message);
                if (answer != null) {
                    ByteBuf bytes = TftpCodec.encode(answer, UnpooledByteBufAllocator.DEFAULT);
                    byte[] octets = new byte[bytes.readableBytes()];
                    bytes.readBytes(octets);
                    server.send(new DatagramPacket(octets, octets.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException | MalformedMessageException ignored) {
            // closed, which is the end of it
        }
    }

    /** One block is a whole file here, either way. */
    private static TftpMessage answer(TftpMessage message) {
        if (message instanceof ReadRequest read) {
            return read.filename().equals(MISSING) ? new ErrorMessage(1, "file not found") : agreed(SIZE);
        } else if (message instanceof WriteRequest) {
            return agreed(SIZE);
        } else if (message instanceof Data data) {
            return new Ack(data.block());
        }
        return message instanceof Ack ack && ack.block() == 0
                ? new Data(1, Unpooled.wrappedBuffer(new byte[SIZE]))
                : null;
    }

    private static OptionAck agreed(int size) {
        return new OptionAck(Options.NONE
                .with(Options.BLKSIZE, 1428)
                .with(Options.WINDOWSIZE, 64)
                .with(Options.TSIZE, size));
    }
}
