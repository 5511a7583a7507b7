package dev.lockstep.tftp.negotiation;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.Options.Option;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.io.Source;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Negotiates options (RFC 2347, 2348, 2349, 7440). One pure function for each side turns options and limits into
 * settings; the server's also returns the OACK. A server leaves out options that it does not grant. A client refuses
 * options that it did not request. The rules of each option are in {@link KnownOption}.
 */
public final class Negotiation {
    private static final TransferLimits UNLIMITED =
            TransferLimits.DEFAULT.withWindow(TransferSettings.MAX_WINDOWSIZE, Integer.MAX_VALUE);

    private Negotiation() {}

    /**
     * The terms that a server decides by: all that the value of an option can depend on. The server and {@code tftpd
     * explain} create them from an open file.
     *
     * @param options the requested options, without those that quirks ignore
     * @param limits the limits of the server for this client
     * @param rollover the block number after 65535 if none is requested: 0 or 1
     * @param isWrite whether the client writes a file
     * @param size the size in bytes of the file to be read, or {@link Source#UNKNOWN_SIZE}; ignored for a write
     */
    public record Terms(Options options, TransferLimits limits, int rollover, boolean isWrite, long size) {
        /**
         * {@return the terms for a request}
         *
         * @param request the request
         * @param limits the limits of the server
         * @param quirks the deviations from the protocol that this client needs
         * @param file the file to be read, or null for a write. All facts about the file that an option depends on are
         *     taken from it here; in netascii its size on the wire is unknown
         */
        @EventLoop
        public static Terms of(Request request, TransferLimits limits, Quirks quirks, Source file) {
            Options effective = quirks.effectiveOptions(request.options());
            boolean isWrite = request instanceof WriteRequest;
            boolean isSizeKnown = file != null && request.mode() != TransferMode.NETASCII;
            long size = isSizeKnown ? file.size() : Source.UNKNOWN_SIZE;
            return new Terms(effective, quirks.narrow(limits), quirks.rollover(), isWrite, size);
        }

        /** Returns the block size in bytes that is granted; the limit of the window in bytes depends on it. */
        int blksize() {
            OptionalLong exact = granted(KnownOption.BLKSIZE);
            OptionalLong power = exact.isPresent() ? exact : granted(KnownOption.BLKSIZE2);
            return (int) power.orElse(TransferSettings.PLAIN.blksize());
        }

        /** Returns the granted value; empty if the option is left out, also if its value is not valid. */
        OptionalLong granted(KnownOption option) {
            OptionalLong requested = option.requestedIn(options);
            return requested.isPresent() ? option.grant(requested.getAsLong(), this) : requested;
        }
    }

    /**
     * The server's result of a negotiation.
     *
     * @param settings the settings of the transfer
     * @param oack the options to acknowledge, to be sent as the first message; no OACK is sent if it is empty
     */
    public record Grant(TransferSettings settings, Options oack) {}

    /**
     * {@return what a server grants on these terms}
     *
     * @param terms all that the decision depends on
     */
    public static Grant answer(Terms terms) {
        TransferSettings.Builder settings = TransferSettings.builder().rollover(terms.rollover());
        Options oack = Options.NONE;
        for (Option asked : terms.options()) {
            Optional<String> granted = grant(asked, terms, settings);
            if (granted.isPresent()) {
                oack = oack.with(asked.name(), granted.get());
            }
        }
        if (!terms.isWrite()) {
            settings.tsize(terms.size()); // known to this side, even if the client did not request it
        }
        return new Grant(settings.build(), oack);
    }

    /**
     * {@return the settings that a client derives from an OACK} An option that was requested, but is not a {@link
     * KnownOption}, has no effect on them.
     *
     * @param asked the options of the request
     * @param oack the options of the OACK
     * @throws TftpException OPTION_REFUSED if the OACK contains an option that was not requested, or a value outside of
     *     the requested range
     */
    public static TransferSettings accept(Options asked, Options oack) throws TftpException {
        for (Option granted : oack) {
            if (!asked.has(granted.name())) {
                throw new TftpException(ErrorCode.OPTION_REFUSED, "option " + granted.name() + ": not requested");
            }
        }
        TransferSettings.Builder settings = TransferSettings.builder();
        for (Option wanted : asked) { // in the order of the request: of timeout and utimeout the later one counts
            KnownOption option = KnownOption.named(wanted).orElse(null);
            Optional<String> granted = oack.value(wanted.name());
            if (option != null && granted.isPresent()) {
                option.acceptInto(wanted, new Option(wanted.name(), granted.get()), settings);
            }
        }
        return settings.build();
    }

    /**
     * {@return the settings of a transfer for which all of these options are granted, whatever the limits of a server}
     *
     * @param asked the options
     */
    public static TransferSettings settingsOf(Options asked) {
        Terms terms = new Terms(asked, UNLIMITED, 0, true, Source.UNKNOWN_SIZE);
        TransferSettings.Builder settings = TransferSettings.builder();
        asked.forEach(option -> grant(option, terms, settings));
        return settings.build();
    }

    /** Applies what is granted for one option to the settings and returns it; empty if the option is left out. */
    private static Optional<String> grant(Option asked, Terms terms, TransferSettings.Builder settings) {
        KnownOption option = KnownOption.named(asked).orElse(null);
        return option == null ? Optional.empty() : option.answer(asked, terms, settings);
    }
}
