package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;

/** Requests in octet mode. */
public final class Requests {
    private Requests() {}

    /** Returns a request to read a file, without options. */
    public static ReadRequest rrq(String filename) {
        return new ReadRequest(filename, TransferMode.OCTET, Options.NONE);
    }

    /** Returns a request to write a file, without options. */
    public static WriteRequest wrq(String filename) {
        return new WriteRequest(filename, TransferMode.OCTET, Options.NONE);
    }

    /** Returns a request to write a file that announces its size in bytes. */
    public static WriteRequest wrq(String filename, long size) {
        return new WriteRequest(filename, TransferMode.OCTET, Options.NONE.with("tsize", Long.toString(size)));
    }
}
