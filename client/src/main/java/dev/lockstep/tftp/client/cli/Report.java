package dev.lockstep.tftp.client.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.client.internal.file.StreamSink;
import dev.lockstep.tftp.codec.Options.Option;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferSummary;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Prints the results: a line or a JSON object for each transfer, errors on standard error. */
public final class Report {
    private static final double NANOS = 1e9;
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final boolean json;
    private final boolean quiet;
    private final boolean verbose;
    private final PrintStream out;

    Report(boolean json, boolean quiet, boolean verbose, PrintStream out) {
        this.json = json;
        this.quiet = quiet;
        this.verbose = verbose;
        this.out = out;
    }

    /** Reports a complete transfer. */
    void done(String operation, String local, TransferResult result) {
        boolean confirmed = result.outcome() == Outcome.COMPLETE;
        if (!confirmed) {
            System.err.println("tftp: " + result.remote() + ": probably complete: the last ACK never came");
        }
        if (json) {
            out.println(object(operation, local, result.remote(), object -> {
                object.writeStringField("result", confirmed ? "complete" : "unconfirmed");
                object.writeNumberField("bytes", result.stats().bytes());
                object.writeNumberField("seconds", result.stats().elapsed(0) / NANOS);
                object.writeNumberField("blksize", result.settings().blksize());
                object.writeNumberField("windowsize", result.settings().windowsize());
                object.writeNumberField("resends", result.stats().resends());
                object.writeObjectFieldStart("granted");
                for (Option option : result.granted()) {
                    object.writeStringField(option.key(), option.value());
                }
                object.writeEndObject();
            }));
        } else if (verbose) {
            out.println(result.remote() + ": " + TransferSummary.of(result.stats(), result.settings()));
        } else if (!quiet) {
            out.println(result.remote() + ": " + TransferSummary.of(result.stats()));
        }
    }

    /** Reports a failed transfer. */
    void failed(String operation, String local, RemoteFile remote, Throwable failure) {
        TftpException cause = TftpException.of(failure);
        if (verbose || !StreamSink.isOutputClosed(cause)) { // silent, like programs that SIGPIPE terminates
            System.err.println("tftp: " + LogSanitizer.of(remote.toString()) + ": " + described(cause));
        }
        if (verbose) {
            printStackTrace(cause);
        }
        if (json) {
            out.println(object(operation, local, remote, object -> {
                object.writeStringField("result", "failed");
                object.writeNumberField("code", cause.code());
                object.writeStringField("error", text(cause));
                object.writeBooleanField("from_peer", cause.isFromPeer());
            }));
        }
    }

    /** Returns whether all JSON objects were written; if not, reports the reason, unless the reader has closed a pipe. */
    boolean isWritten() {
        if (!json || !out.checkError()) {
            return true;
        }
        try {
            new FileOutputStream(FileDescriptor.out).write('\n'); // a PrintStream does not keep the reason
        } catch (IOException e) {
            if (!StreamSink.isClosedPipe(e)) {
                System.err.println("tftp: standard output: " + e.getMessage().toLowerCase(Locale.ROOT));
            }
        }
        return false;
    }

    /** Reports a failed attempt that another one follows. */
    void repeated(RemoteFile remote, Throwable failure, Duration pause) {
        if (!quiet) {
            System.err.println("tftp: " + LogSanitizer.of(remote.toString()) + ": " + described(failure)
                    + ", next attempt in " + pause.toSeconds() + " s");
        }
    }

    private static void printStackTrace(TftpException cause) {
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        trace.toString()
                .lines()
                .map(line -> LogSanitizer.of(line).replace("\\x09", "\t"))
                .forEach(System.err::println);
    }

    /** Returns what happened on one line: what the server reported, with its error code, or what this side noticed. */
    public static String described(Throwable failure) {
        TftpException cause = TftpException.of(failure);
        String text = LogSanitizer.of(text(cause));
        return cause.isFromPeer() ? "server: " + (text + " (error " + cause.code() + ")").strip() : text;
    }

    private static String text(TftpException cause) {
        return cause.reason() == null ? cause.getMessage() : cause.reason();
    }

    private interface Fields {
        void write(JsonGenerator object) throws IOException;
    }

    private static String object(String operation, String local, RemoteFile remote, Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator object = JSON.createGenerator(text)) {
            object.writeStartObject();
            object.writeStringField("operation", operation);
            object.writeStringField("remote", remote.toString());
            object.writeStringField("local", local);
            if (!local.equals(TransferCommand.STANDARD_STREAM)) {
                object.writeStringField("path", Path.of(local).toAbsolutePath().toString());
            }
            fields.write(object);
            object.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter never fails
        }
        return text.toString();
    }
}
