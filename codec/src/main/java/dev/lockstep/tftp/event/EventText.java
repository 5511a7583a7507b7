package dev.lockstep.tftp.event;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import java.util.Locale;

/** Formats events as lines like those of the log. Names and texts of peers are escaped. */
final class EventText {
    private EventText() {}

    /** Returns the line of an event that belongs to a transfer: {@code #17 192.0.2.7:2000 read pxelinux.0: complete}. */
    static String of(TransferEvent event, Request request, String what) {
        String subject = request == null
                ? "(malformed request)"
                : (request instanceof ReadRequest ? "read " : "write ") + LogSanitizer.of(request.filename());
        return "#" + event.transferId() + " " + AddressFormat.of(event.peer()) + " " + subject + what;
    }

    /** Returns the text of an event that belongs to no transfer. */
    static String of(TransferEvent event, String what) {
        return AddressFormat.of(event.peer()) + " " + LogSanitizer.of(what);
    }

    static String options(Request request) {
        return LogSanitizer.of(request.options().toString());
    }

    static String outcome(Outcome outcome, TftpException cause) {
        String name = outcome.name().toLowerCase(Locale.ROOT);
        if (cause == null) {
            return name;
        }
        String text = LogSanitizer.of(cause.explained());
        return name + " (" + (cause.isFromPeer() ? "peer sent ERROR " + cause.code() + " " + text : text) + ")";
    }
}
