package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.TftpOpcode;
import io.netty.buffer.ByteBuf;

/** The kinds of packets of a transfer. */
public enum PacketType {
    /** A request to read or to write a file, RRQ or WRQ. */
    REQUEST,
    /** A block of the file. */
    DATA,
    /** An acknowledgement of a block. */
    ACK,
    /** The reply to a request with options. */
    OACK,
    /** The end of a transfer that has failed. */
    ERROR;

    /** Returns the type of a datagram, or null if it is not TFTP. */
    static PacketType of(ByteBuf datagram) {
        int start = datagram.readerIndex();
        return switch (datagram.readableBytes() < Short.BYTES ? 0 : datagram.getUnsignedShort(start)) {
            case TftpOpcode.RRQ, TftpOpcode.WRQ -> REQUEST;
            case TftpOpcode.DATA -> DATA;
            case TftpOpcode.ACK -> ACK;
            case TftpOpcode.OACK -> OACK;
            case TftpOpcode.ERROR -> ERROR;
            default -> null;
        };
    }

    /** Returns the number of the block of a DATA or an ACK, or -1. */
    static int block(ByteBuf datagram) {
        PacketType type = of(datagram);
        boolean counted = (type == DATA || type == ACK) && datagram.readableBytes() >= 2 * Short.BYTES;
        return counted ? datagram.getUnsignedShort(datagram.readerIndex() + Short.BYTES) : -1;
    }
}
