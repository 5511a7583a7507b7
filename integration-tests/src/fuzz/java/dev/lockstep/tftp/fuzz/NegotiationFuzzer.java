package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.Negotiation.Terms;
import dev.lockstep.tftp.negotiation.Quirks;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;

/**
 * Negotiation on both sides. The first byte is the length of the request; the rest is an OACK without its opcode. For
 * any request, our client must accept what our server grants, and both must agree on its meaning.
 */
public final class NegotiationFuzzer {
    private static final TransferLimits LIMITS = TransferLimits.DEFAULT.withBlksize(1468);

    private static final MemorySource FILE = new MemorySource(new byte[20_000]);

    private NegotiationFuzzer() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 1) {
            return;
        }
        int cut = Math.min(input.length, 1 + (input[0] & 0xFF));
        if (!(decoded(Arrays.copyOfRange(input, 1, cut)) instanceof Request request)) {
            return;
        }
        Negotiation.Grant grant = Negotiation.answer(Terms.of(request, LIMITS, Quirks.NONE, FILE));
        requireWithin(grant.settings());
        try {
            TransferSettings accepted = Negotiation.accept(request.options(), grant.oack());
            if (accepted.blksize() != grant.settings().blksize()
                    || accepted.windowsize() != grant.settings().windowsize()
                    || !accepted.timeout().equals(grant.settings().timeout())
                    || accepted.rollover() != grant.settings().rollover()) {
                throw new AssertionError(request + ": granted " + grant + ", accepted " + accepted);
            }
        } catch (TftpException e) {
            throw new AssertionError(request + ": our own grant " + grant + " is refused", e);
        }
        byte[] oack = new byte[2 + input.length - cut];
        oack[1] = 6;
        System.arraycopy(input, cut, oack, 2, input.length - cut);
        if (decoded(oack) instanceof OptionAck answer) {
            try {
                Negotiation.accept(request.options(), answer.options());
            } catch (TftpException expected) {
                // refused: the server granted what was not requested
            }
        }
    }

    private static void requireWithin(TransferSettings settings) {
        boolean plain = settings.blksize() == TransferSettings.PLAIN.blksize();
        if (!plain && settings.blksize() > LIMITS.blksize()
                || settings.windowsize() > LIMITS.windowFor(settings.blksize())) {
            throw new AssertionError(settings.toString());
        }
    }

    private static TftpMessage decoded(byte[] datagram) {
        ByteBuf bytes = Unpooled.wrappedBuffer(datagram);
        try {
            TftpMessage message = TftpCodec.decode(bytes);
            ReferenceCountUtil.release(message);
            return message;
        } catch (MalformedMessageException malformed) {
            return null;
        }
    }
}
