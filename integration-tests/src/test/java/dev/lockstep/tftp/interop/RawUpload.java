package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** An upload that stops where the test says: plain RFC 1350, one datagram at a time. */
final class RawUpload implements AutoCloseable {

    private static final int BLOCK = 512;
    private static final int RESENDS = 40;

    private final byte[] content;
    private final DatagramSocket socket;
    private SocketAddress peer;

    RawUpload(InetSocketAddress server, byte[] content) {
        this.content = content;
        this.peer = server;
        try {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setSoTimeout(500);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the number of blocks, including the short last one. */
    int blocks() {
        return content.length / BLOCK + 1;
    }

    /** Sends the request, and blocks until this one is acknowledged; 0: only until the request is. */
    void acknowledgedUpTo(String name, int block) {
        byte[] request = ("\0\2" + name + "\0octet\0").getBytes(StandardCharsets.US_ASCII);
        exchange(request, 0);
        for (int n = 1; n <= block; n++) {
            exchange(data(n), n);
        }
    }

    /** Sends one block and does not wait for its ACK. */
    void sendOnly(int block) {
        send(data(block));
    }

    @Override
    public void close() {
        socket.close();
    }

    private void exchange(byte[] message, int block) {
        DatagramPacket answer = new DatagramPacket(new byte[600], 600);
        for (int attempt = 0; attempt < RESENDS; attempt++) {
            send(message);
            try {
                do {
                    socket.receive(answer);
                    peer = answer.getSocketAddress();
                    int opcode = ByteBuffer.wrap(answer.getData()).getShort(0);
                    assertThat(opcode)
                            .as("opcode of the reply to block %s", block)
                            .isEqualTo(4);
                } while ((ByteBuffer.wrap(answer.getData()).getShort(2) & 0xFFFF) != block);
                return;
            } catch (SocketTimeoutException silence) {
                continue;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new AssertionError("no ACK " + block);
    }

    private void send(byte[] message) {
        try {
            socket.send(new DatagramPacket(message, message.length, peer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] data(int block) {
        int from = (block - 1) * BLOCK;
        int length = Math.min(BLOCK, content.length - from);
        return ByteBuffer.allocate(4 + length)
                .putShort((short) 3)
                .putShort((short) block)
                .put(content, from, length)
                .array();
    }
}
