package io.meridian.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Files of main code have at most 300 lines and methods at most 40; the ratchets list the others.
 */
class SizeTest {
    private static final int FILE_LINES = 300;
    private static final int METHOD_LINES = 40;

    @Test
    void filesStayShort() throws IOException {
        SortedMap<String, Integer> longer = new TreeMap<>();
        for (Path file : Repository.mainJavaFiles()) {
            int lines = (int) Repository.text(file).lines().count();
            if (lines > FILE_LINES) {
                longer.put(file.toString(), lines);
            }
        }
        assertThat(Ratchet.findings("files.txt", longer)).isEmpty();
    }

    @Test
    void methodsStayShort() throws IOException {
        SortedMap<String, Integer> longer = new TreeMap<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> sources =
                    Repository.mainJavaFiles().stream().map(Repository.ROOT::resolve).toList();
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new LongMethods(unit, positions, longer).scan(unit, null);
            }
        }
        assertThat(Ratchet.findings("methods.txt", longer)).isEmpty();
    }

    /** Collects the methods that are too long as {@code Class.method}; overloads share a line. */
    private static final class LongMethods extends TreePathScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final SortedMap<String, Integer> longer;

        LongMethods(
                CompilationUnitTree unit,
                SourcePositions positions,
                SortedMap<String, Integer> longer) {
            this.unit = unit;
            this.positions = positions;
            this.longer = longer;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            int lines =
                    line(positions.getEndPosition(unit, method))
                            - line(positions.getStartPosition(unit, method))
                            + 1;
            if (lines > METHOD_LINES
                    && getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type) {
                longer.merge(
                        unit.getPackageName() + "." + type.getSimpleName() + "." + method.getName(),
                        lines,
                        Math::max);
            }
            return super.visitMethod(method, null);
        }

        private int line(long position) {
            return (int) unit.getLineMap().getLineNumber(position);
        }
    }
}
