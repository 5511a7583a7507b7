package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.transfer.BlockStore;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.Receiver;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.TransferStats;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.SplittableRandom;

/** The counters of a transfer that was over as soon as it began. */
public final class Counted {
    private Counted() {}

    /** One block, in so many nanoseconds. */
    public static TransferStats stats(int octets, long nanos) {
        TransferSettings settings = new TransferSettings(octets + 8, 1, Duration.ZERO, -1, 0);
        RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1));
        Receiver receiver = new Receiver(new DeafWire(), settings, Limits.DEFAULT, timer, null, new Nowhere(), 0);
        receiver.start(0);
        receiver.receive(new Data(1, Unpooled.wrappedBuffer(new byte[octets])), nanos / 2);
        receiver.stored(nanos);
        return receiver.stats();
    }

    private static final class Nowhere implements BlockStore {
        @Override
        public void offer(ByteBuf block) {}

        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void commit() {}
    }

    private static final class DeafWire implements Wire {
        @Override
        public void send(TftpMessage message) {}

        @Override
        public void awaitReply(long deadline) {}

        @Override
        public void finish(Outcome outcome, TftpException cause) {}

        @Override
        public void close() {}
    }
}
