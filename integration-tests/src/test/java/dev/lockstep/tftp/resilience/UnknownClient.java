package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** A lock-step client at a separate address. It retransmits its request from one port, as boot firmware does. */
final class UnknownClient implements AutoCloseable {
    private static final Duration REPLY_TIMEOUT = Duration.ofMillis(300);
    private static final int MOST = 100;
    private static final int BLKSIZE = 1024;

    private final RawSocketPeer socket;
    private int asked;

    UnknownClient(String address) {
        socket = new RawSocketPeer(address);
    }

    /** Returns the number of requests sent. */
    int asked() {
        return asked;
    }

    /** Downloads a file. */
    byte[] get(InetSocketAddress server, String name) {
        Optional<Datagram> answer = Optional.empty();
        while (answer.isEmpty() && asked < MOST) {
            socket.ask(server, rrq(name, "blksize", Integer.toString(BLKSIZE)));
            asked++;
            answer = socket.poll(REPLY_TIMEOUT);
        }
        assertThat(answer).as("a reply to " + asked + " requests").isPresent();
        Datagram oack = answer.orElseThrow();
        assertThat(oack.opcode()).as(oack.toString()).isEqualTo(Datagram.OACK);
        socket.talkTo(oack.from()).send(ack(0));
        return download();
    }

    /** Receives the file to its end, and acknowledges each duplicate again. */
    private byte[] download() {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int length = BLKSIZE;
        for (int block = 1; length == BLKSIZE; ) {
            Datagram came = socket.next();
            if (came.opcode() == Datagram.DATA && came.number() == block) {
                length = came.payload().length;
                content.writeBytes(came.payload());
                block++;
            }
            socket.send(ack(block - 1));
        }
        return content.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
