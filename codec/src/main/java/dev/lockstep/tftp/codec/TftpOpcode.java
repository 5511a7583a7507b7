package dev.lockstep.tftp.codec;

/** The opcodes in the first two bytes of each message (RFC 1350, section 5; RFC 2347). */
public final class TftpOpcode {
    /** Opcode of a {@link TftpMessage.ReadRequest}. */
    public static final int RRQ = 1;
    /** Opcode of a {@link TftpMessage.WriteRequest}. */
    public static final int WRQ = 2;
    /** Opcode of a {@link TftpMessage.Data}. */
    public static final int DATA = 3;
    /** Opcode of a {@link TftpMessage.Ack}. */
    public static final int ACK = 4;
    /** Opcode of a {@link TftpMessage.ErrorMessage}. */
    public static final int ERROR = 5;
    /** Opcode of a {@link TftpMessage.OptionAck}. */
    public static final int OACK = 6;

    private TftpOpcode() {}
}
