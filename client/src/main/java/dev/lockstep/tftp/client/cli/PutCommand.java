package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.internal.file.LocalFile;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code tftp put}: writes files to a server. */
@Command(
        name = "put",
        aliases = "push",
        description = "Writes files to a server.",
        customSynopsis = {
            "tftp put [OPTIONS] FILE... tftp://HOST[:PORT]/[PATH]",
            "tftp put [OPTIONS] FILE [HOST [PORT]]"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftp put config tftp://192.0.2.1/",
            "  tftp put config tftp://192.0.2.1/sw7",
            "  tftp put config 192.0.2.1 6969",
            "  tftp put --no-options -m netascii \\",
            "      motd tftp://192.0.2.1/"
        })
public final class PutCommand extends TransferCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files followed by a URI, or a file followed by HOST (default 127.0.0.1) and PORT (default "
                    + RemoteFile.TFTP_PORT + "); - is standard input.")
    private List<String> arguments;

    @Override
    List<Batch.Job> jobs(TransferMode mode, String sha256) {
        List<String> files = List.of(arguments.get(0));
        RemoteFile place;
        if (RemoteArguments.endInUri(arguments)) {
            place = RemoteFile.parse(arguments.get(arguments.size() - 1), mode);
            files = arguments.subList(0, arguments.size() - 1);
        } else {
            place = RemoteArguments.server(arguments, mode);
        }
        if (files.isEmpty()) {
            throw new IllegalArgumentException(place + ": no file to put (expected: FILE... URI)");
        }
        files.stream().filter(RemoteFile::isUri).findFirst().ifPresent(uri -> {
            throw new IllegalArgumentException(uri + ": not a local file (expected: FILE... URI, the URI last)");
        });
        boolean folder = place.lastElement().isEmpty();
        if (files.size() > 1 && !folder) {
            throw new IllegalArgumentException(place + " (expected: a URI ending in / for several files)");
        }
        List<Batch.Job> jobs = new ArrayList<>();
        for (String file : files) {
            if (folder && file.equals(STANDARD_STREAM)) {
                throw new IllegalArgumentException(
                        "-: standard input has no name (expected: put - tftp://HOST[:PORT]/PATH)");
            }
            RemoteFile remote = folder ? place.withFilename(place.filename() + nameOf(file)) : place;
            jobs.add(new Batch.Job("put", file, remote, (client, request) -> {
                return client.putAsync(Hashing.checked(source(file), sha256), request);
            }));
        }
        return jobs;
    }

    private static Source source(String file) throws TftpException {
        return file.equals(STANDARD_STREAM) ? LocalFile.standardInput() : LocalFile.source(Path.of(file));
    }

    @Override
    void stopReading() {
        LocalFile.closeStandardInput();
    }

    @Override
    boolean usesStandardOutput() {
        return false;
    }

    /**
     * Returns the last element of a path, which becomes the file name on the server.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static String nameOf(String file) {
        Path name = Path.of(file).getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new IllegalArgumentException("'" + file + "': no file (expected: a file to put)");
        }
        return name.toString();
    }
}
