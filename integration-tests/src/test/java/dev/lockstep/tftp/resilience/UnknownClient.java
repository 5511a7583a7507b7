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

/** A lock-step client at an address of its own that repeats its request, as boot firmware does, from one port. */
final class UnknownClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final int MOST = 100;
    private static final int BLKSIZE = 1024;

    private final RawSocketPeer socket;
    private int asked;

    UnknownClient(String address) {
        socket = new RawSocketPeer(address);
    }

    /** How often it asked. */
    int asked() {
        return asked;
    }

    /** The file. */
    byte[] get(InetSocketAddress server, String name) {
        Optional<Datagram> answer = Optional.empty();
        while (answer.isEmpty() && asked < MOST) {
            socket.ask(server, rrq(name, "blksize", Integer.toString(BLKSIZE)));
            asked++;
            answer = socket.poll(PATIENCE);
        }
        assertThat(answer).as("an answer to " + asked + " requests").isPresent();
        Datagram oack = answer.orElseThrow();
        assertThat(oack.opcode()).as(oack.toString()).isEqualTo(Datagram.OACK);
        socket.talkTo(oack.from()).send(ack(0));
        return download();
    }

    /** To the end; what comes twice is acknowledged again. */
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
