package dev.lockstep.tftp.fuzz;

import static dev.lockstep.tftp.codec.TftpOpcode.ACK;
import static dev.lockstep.tftp.codec.TftpOpcode.DATA;
import static dev.lockstep.tftp.codec.TftpOpcode.OACK;
import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.rrq;

import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.TransferEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A client that records what it sent and checks what it receives. For each datagram or wait the server may send at most
 * a window and one message more. While the client has sent only requests, the limit is one message, no longer than a
 * block of 512 bytes. A DATA message must have the bytes of the file.
 */
final class Client {
    private static final int HEADER = 4;
    private static final int ONE_SMALL_REPLY = HEADER + 512;
    private static final int NONE = 0;

    private final InetSocketAddress address;
    private final Map<Integer, Set<ByteBuffer>> blocksSent = new HashMap<>();
    private final List<TransferEvent.Started> transfers = new ArrayList<>();
    private boolean hasAnswered;
    private int inThisStep;
    private int lastOpcode = NONE;
    private int lastBlock;

    Client(InetSocketAddress address) {
        this.address = address;
    }

    InetSocketAddress address() {
        return address;
    }

    /** Called when the server has accepted a transfer of this client. */
    void started(TransferEvent.Started transfer) {
        transfers.add(transfer);
    }

    private TransferEvent.Started current() {
        return transfers.get(transfers.size() - 1);
    }

    /** Returns the reply of a conforming client to the last message. */
    byte[] answer(boolean last) {
        if (transfers.isEmpty() || lastOpcode == NONE) {
            return rrq(WatchedFiles.NAME);
        }
        if (current().request() instanceof ReadRequest) {
            return ack(lastOpcode == DATA ? lastBlock : 0);
        }
        int next = lastOpcode == ACK ? lastBlock + 1 : 1;
        byte[] block = new byte[current().settings().blksize() - (last ? 1 : 0)];
        Arrays.fill(block, (byte) next);
        return data(next, block);
    }

    /** Records a datagram that this client sends: its blocks may later be in an uploaded file. */
    void sends(byte[] datagram) {
        int opcode = datagram.length < 2 ? NONE : datagram[1] & 0xFF;
        hasAnswered |= opcode >= DATA;
        if (opcode == DATA && datagram.length >= HEADER) {
            ByteBuffer block = ByteBuffer.wrap(datagram, HEADER, datagram.length - HEADER);
            blocksSent
                    .computeIfAbsent(numberIn(datagram), first -> new HashSet<>())
                    .add(block.slice());
        }
    }

    /** Checks a packet for this client and releases it. */
    void gets(DatagramPacket packet) {
        ByteBuf content = packet.content();
        byte[] datagram = ByteBufUtil.getBytes(content);
        packet.release();
        inThisStep++;
        lastOpcode = datagram[1];
        lastBlock = numberIn(datagram);
        int most = hasAnswered && !transfers.isEmpty() ? current().settings().windowsize() + 1 : 1;
        if (inThisStep > most || !hasAnswered && datagram.length > ONE_SMALL_REPLY) {
            throw new AssertionError(inThisStep + " datagrams at once, one of " + datagram.length + " bytes");
        }
        if (lastOpcode == DATA && current().request().filename().equals(WatchedFiles.NAME)) {
            requireBlockOfTheFile(datagram);
        }
        if (lastOpcode != DATA && lastOpcode != ACK && lastOpcode != OACK) {
            lastOpcode = NONE;
        }
    }

    private void requireBlockOfTheFile(byte[] datagram) {
        int blksize = current().settings().blksize();
        int from = Math.min(WatchedFiles.CONTENT.length, (lastBlock - 1) * blksize);
        int to = Math.min(WatchedFiles.CONTENT.length, from + blksize);
        if (!Arrays.equals(datagram, HEADER, datagram.length, WatchedFiles.CONTENT, from, to)) {
            throw new AssertionError("block " + lastBlock + " of " + blksize + " is not the file's");
        }
    }

    /** Called when the server has sent everything in response to one datagram or wait. */
    void stepDone() {
        inThisStep = 0;
    }

    /** Checks that a file that is about to be published was sent by this client completely. */
    void requireSentWhole(byte[] file) {
        boolean known = transfers.stream()
                .filter(transfer -> transfer.request() instanceof WriteRequest)
                .anyMatch(transfer -> transfer.request().mode() == TransferMode.NETASCII
                        || isSentWhole(file, transfer.settings().blksize()));
        if (!known) {
            throw new AssertionError("an upload of " + file.length + " bytes that was never sent whole");
        }
    }

    private boolean isSentWhole(byte[] file, int blksize) {
        for (int number = 1, from = 0; from <= file.length; number++, from += blksize) {
            ByteBuffer block = ByteBuffer.wrap(file, from, Math.min(blksize, file.length - from));
            if (!blocksSent.getOrDefault(number & 0xFFFF, Set.of()).contains(block.slice())) {
                return false;
            }
        }
        return true;
    }

    private static int numberIn(byte[] datagram) {
        return (datagram[2] & 0xFF) << 8 | datagram[3] & 0xFF;
    }
}
