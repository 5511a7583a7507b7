package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.server.storage.VirtualPath;
import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * A request that the server has received. A retransmission of a request is not another one.
 *
 * @param peer the address and port of the client
 * @param operation whether the client reads or writes
 * @param file the name of the file as the client sent it
 * @param mode the transfer mode
 * @param options the requested options
 */
public record RecordedRequest(
        InetSocketAddress peer, Operation operation, String file, TransferMode mode, RequestedOptions options) {
    /** The operation that a client requests. */
    public enum Operation {
        /** The client reads a file (RRQ). */
        READ,
        /** The client writes a file (WRQ). */
        WRITE
    }

    static RecordedRequest of(InetSocketAddress peer, Request request) {
        return new RecordedRequest(
                peer,
                request instanceof ReadRequest ? Operation.READ : Operation.WRITE,
                request.filename(),
                request.mode(),
                new RequestedOptions(request.options()));
    }

    /** Returns whether the request is for the file of that name, with or without a slash before it. */
    boolean isFor(String name) {
        return normalized(file).equals(normalized(name));
    }

    /** Returns a name without empty elements; a name that leads out of the root unchanged. */
    static String normalized(String name) {
        try {
            return String.join("/", VirtualPath.elementsOf(name));
        } catch (TftpException invalid) {
            return name;
        }
    }

    @Override
    public String toString() {
        String asked = options.all().isEmpty() ? "" : " " + LogSanitizer.of(options.toString());
        return operation.name().toLowerCase(Locale.ROOT) + " " + LogSanitizer.of(file) + " " + mode.wireName() + asked
                + " from " + AddressFormat.of(peer);
    }
}
