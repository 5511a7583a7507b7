package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;

/**
 * Checks that a datagram is a message or malformed, and that a message stays the same when it is encoded and decoded.
 */
public final class DecoderFuzzer {
    private DecoderFuzzer() {}

    public static void fuzzerTestOneInput(byte[] datagram) {
        for (Strictness strictness : Strictness.values()) {
            ByteBuf bytes = Unpooled.buffer(512).writeBytes(datagram);
            try {
                TftpMessage message = TftpCodec.decode(bytes, strictness);
                try {
                    writeAndRead(message);
                } finally {
                    ReferenceCountUtil.release(message);
                }
            } catch (MalformedMessageException expected) {
                // the only exception that it may throw
            } finally {
                bytes.release();
            }
            if (bytes.refCnt() != 0) {
                throw new AssertionError("buffer kept");
            }
        }
    }

    /** Encodes and decodes a message. Its length is not checked again: in UTF-8 a Latin-1 name takes more bytes. */
    private static void writeAndRead(TftpMessage message) throws MalformedMessageException {
        ByteBuf written = TftpCodec.encode(message, UnpooledByteBufAllocator.DEFAULT);
        try {
            TftpMessage again = TftpCodec.decode(written, Strictness.TOLERANT);
            try {
                if (!again.equals(message)) {
                    throw new AssertionError(message + " became " + again);
                }
            } finally {
                ReferenceCountUtil.release(again);
            }
        } finally {
            written.release();
        }
    }
}
