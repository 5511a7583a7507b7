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
import dev.lockstep.tftp.negotiation.KnownOption;
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
 * The training run for the class-data sharing archive. Gets and puts a small file with a server in this process, so
 * that the virtual machine records the classes in use. Only the launcher runs it.
 */
final class ClientTrainingRun {
    private static final String MISSING = "missing";
    private static final int SIZE = 1000;

    private ClientTrainingRun() {}

    /** Exits with status 0 if all transfers ended as expected, with 1 otherwise. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("tftp-training-run");
        int status;
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(server), "training-run-server");
            thread.setDaemon(true);
            thread.start();
            status = transfer(folder.resolve("file"), "tftp://127.0.0.1:" + server.getLocalPort() + "/");
        } finally {
            Files.deleteIfExists(folder.resolve("file"));
            Files.delete(folder);
        }
        System.exit(status);
    }

    private static int transfer(Path file, String uri) {
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
                TftpMessage reply = reply(message);
                ReferenceCountUtil.release(message);
                if (reply != null) {
                    ByteBuf bytes = TftpCodec.encode(reply, UnpooledByteBufAllocator.DEFAULT);
                    byte[] datagram = new byte[bytes.readableBytes()];
                    bytes.readBytes(datagram);
                    server.send(new DatagramPacket(datagram, datagram.length, packet.getSocketAddress()));
                }
            }
        } catch (IOException | MalformedMessageException ignored) {
            // the socket was closed at the end of the run
        }
    }

    /** Returns the reply of the server, or null if there is none. Each file has one block. */
    private static TftpMessage reply(TftpMessage message) {
        if (message instanceof ReadRequest read) {
            return read.filename().equals(MISSING) ? new ErrorMessage(1, "file not found") : optionAck(SIZE);
        } else if (message instanceof WriteRequest) {
            return optionAck(SIZE);
        } else if (message instanceof Data data) {
            return new Ack(data.block());
        }
        return message instanceof Ack ack && ack.block() == 0
                ? new Data(1, Unpooled.wrappedBuffer(new byte[SIZE]))
                : null;
    }

    private static OptionAck optionAck(int size) {
        return new OptionAck(Options.of(
                KnownOption.BLKSIZE.with(1428), KnownOption.WINDOWSIZE.with(64), KnownOption.TSIZE.with(size)));
    }
}
