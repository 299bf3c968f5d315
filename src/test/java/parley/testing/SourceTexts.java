package parley.testing;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The texts that sources make: whole expressions, such as {@code "port: " + port}, of which each
 * part that is not a literal becomes {@code ...}. A condition makes two texts. A variable that gets
 * a text in its declaration counts as that text wherever it is used.
 *
 * <p>The argument of a log call is a log line, as is the result of a lambda expression there. Any
 * other text is a message if it has two words. One word is enough in an exception, a fault or a
 * throw statement, in a call of {@link #MESSAGE_CALLS}, and after {@code +=}.
 *
 * <p>Not found: one word elsewhere, such as an argument of another method, a result, or a value
 * assigned to a variable after its declaration; and the result of a block in a lambda expression of
 * a log call, if it has one word.
 */
public final class SourceTexts {

  private static final String VARIES = "...";
  private static final Set<String> LOG_CALLS =
      Set.of("trace", "debug", "info", "warn", "error", "log", "setMessage");

  /** Calls whose arguments are messages, even if they have one word. */
  private static final Pattern MESSAGE_CALLS =
      Pattern.compile(
          "(?s)(.*\\.)?((requireNonNull|completeExceptionally|failedFuture)"
              + "|.+\\.(append|println|print)"
              + "|(problems|warnings|hints)\\.add)");

  private static final Pattern EXCEPTION = Pattern.compile("(?s).*(Exception|Error|Fault)(<.*>)?");
  private static final Pattern LEVEL = Pattern.compile("Level\\.([A-Z]+)");
  private static final Pattern FLUENT = Pattern.compile("\\.at(Trace|Debug|Info|Warn|Error)\\(");
  private static final Pattern WORD = Pattern.compile("[A-Za-z]{2}");
  private static final Pattern WORDS = Pattern.compile("(?s)(?=.*[A-Za-z]{2}).*\\S\\s+\\S.*");

  /** A line of the log; the level is {@code ...} if the call does not name it. */
  public record LogLine(String level, String text) {}

  /** A text that is not a log line, and the name of its source file. */
  public record Message(String text, String source) {}

  private enum Place {
    ANYWHERE,
    MESSAGE
  }

  private final Map<String, ExpressionTree> variables = new HashMap<>();
  private final Set<ExpressionTree> used = new HashSet<>();
  private final Map<LogLine, String> logLines = new HashMap<>();
  private final Set<Message> messages = new HashSet<>();

  private SourceTexts() {}

  /** Reads source files. */
  public static SourceTexts of(List<Path> files) throws IOException {
    SourceTexts texts = new SourceTexts();
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              javac.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      units.forEach(unit -> texts.new Variables(unit).scan(unit, null));
      units.forEach(unit -> texts.new Texts(className(unit)).scan(unit, Place.ANYWHERE));
      texts.variables.forEach(
          (name, text) -> {
            if (!texts.used.contains(text)) { // such as by a static import
              texts.new Texts(name.replaceFirst("\\..*", "")).scan(text, Place.ANYWHERE);
            }
          });
    }
    return texts;
  }

  /** Returns the log lines, each with a source file that has it. */
  public Map<LogLine, String> logLines() {
    return logLines;
  }

  /** Returns all other texts. */
  public Set<Message> messages() {
    return messages;
  }

  private static String shown(String text) {
    return text.replaceAll("(\\.\\.\\.){2,}", VARIES).strip();
  }

  private static Set<String> sums(Set<String> begins, Set<String> ends) {
    return begins.stream()
        .flatMap(begin -> ends.stream().map(end -> begin + end))
        .collect(Collectors.toSet());
  }

  private static String className(CompilationUnitTree unit) {
    return Path.of(unit.getSourceFile().getName())
        .getFileName()
        .toString()
        .replaceFirst("\\.java$", "");
  }

  /** Finds the variables with a text, by the names of their source file and their own. */
  private final class Variables extends TreeScanner<Void, Void> {

    private final String className;
    private final Set<String> seen = new HashSet<>();

    Variables(CompilationUnitTree unit) {
      className = className(unit);
    }

    @Override
    public Void visitVariable(VariableTree tree, Void unused) {
      String name = className + "." + tree.getName();
      if (!seen.add(name)) {
        variables.remove(name); // two variables: not known which of them a use means
      } else if (tree.getInitializer() != null
          && (String.valueOf(tree.getType()).matches("String|RareLog|null"))) {
        variables.put(name, tree.getInitializer());
      }
      return super.visitVariable(tree, unused);
    }
  }

  private final class Texts extends TreeScanner<Void, Place> {

    private final String className;
    private final Set<ExpressionTree> open = new HashSet<>();

    Texts(String className) {
      this.className = className;
    }

    @Override
    public Void visitAnnotation(AnnotationTree tree, Place place) {
      return null;
    }

    @Override
    public Void visitVariable(VariableTree tree, Place place) {
      boolean isKnown = variables.get(className + "." + tree.getName()) == tree.getInitializer();
      return isKnown && tree.getInitializer() != null ? null : super.visitVariable(tree, place);
    }

    @Override
    public Void visitThrow(ThrowTree tree, Place place) {
      return super.visitThrow(tree, Place.MESSAGE);
    }

    @Override
    public Void visitNewClass(NewClassTree tree, Place place) {
      boolean isException = EXCEPTION.matcher(tree.getIdentifier().toString()).matches();
      return super.visitNewClass(tree, isException ? Place.MESSAGE : place);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree tree, Place place) {
      if (isFormat(tree)) {
        return add(tree, place);
      }
      if (tree.getMethodSelect() instanceof MemberSelectTree call
          && LOG_CALLS.contains(call.getIdentifier().toString())) {
        scan(call.getExpression(), Place.ANYWHERE);
        for (ExpressionTree argument : tree.getArguments()) {
          parts(argument, Place.ANYWHERE).stream()
              .map(text -> shown(text.replace("{}", VARIES)))
              .filter(text -> WORD.matcher(text).find())
              .forEach(text -> logLines.put(new LogLine(level(call), text), className));
        }
        return null;
      }
      if (MESSAGE_CALLS.matcher(tree.getMethodSelect().toString()).matches()) {
        return super.visitMethodInvocation(tree, Place.MESSAGE);
      }
      List<? extends ExpressionTree> arguments = tree.getArguments();
      if (tree.getMethodSelect().toString().matches("(.*\\.)?refused") && arguments.size() == 3) {
        scan(arguments.get(0), Place.ANYWHERE);
        return add(
            sums(
                parts(arguments.get(1), place),
                sums(Set.of(" (expected: "), sums(parts(arguments.get(2), place), Set.of(")")))),
            place);
      }
      return super.visitMethodInvocation(tree, place);
    }

    private String level(MemberSelectTree call) {
      String method = call.getIdentifier().toString();
      if (!Set.of("log", "setMessage").contains(method)) {
        return method.toUpperCase(Locale.ROOT);
      }
      Matcher fluent = FLUENT.matcher(call.getExpression().toString());
      if (fluent.find()) {
        return fluent.group(1).toUpperCase(Locale.ROOT);
      }
      ExpressionTree log = variables.get(className + "." + call.getExpression());
      Matcher level = LEVEL.matcher(String.valueOf(log));
      return level.find() ? level.group(1) : VARIES;
    }

    @Override
    public Void visitLiteral(LiteralTree tree, Place place) {
      return add(tree, place);
    }

    @Override
    public Void visitBinary(BinaryTree tree, Place place) {
      return tree.getKind() == Tree.Kind.PLUS ? add(tree, place) : super.visitBinary(tree, place);
    }

    @Override
    public Void visitCompoundAssignment(CompoundAssignmentTree tree, Place place) {
      scan(tree.getVariable(), place);
      return add(sums(Set.of(VARIES), parts(tree.getExpression(), place)), Place.MESSAGE);
    }

    @Override
    public Void visitConditionalExpression(ConditionalExpressionTree tree, Place place) {
      return add(tree, place);
    }

    @Override
    public Void visitIdentifier(IdentifierTree tree, Place place) {
      return variable(tree) == null ? null : add(tree, place);
    }

    @Override
    public Void visitMemberSelect(MemberSelectTree tree, Place place) {
      return variable(tree) == null ? super.visitMemberSelect(tree, place) : add(tree, place);
    }

    private Void add(ExpressionTree tree, Place place) {
      return add(parts(tree, place), place);
    }

    private Void add(Set<String> texts, Place place) {
      Pattern least = place == Place.MESSAGE ? WORD : WORDS;
      texts.stream()
          .map(SourceTexts::shown)
          .filter(text -> least.matcher(text).find())
          .forEach(text -> messages.add(new Message(text, className)));
      return null;
    }

    /** Returns the texts that an expression can have. Others inside it are added on their own. */
    private Set<String> parts(ExpressionTree tree, Place place) {
      if (tree instanceof LiteralTree literal) {
        Object value = literal.getValue();
        return Set.of(value instanceof String || value instanceof Character ? value + "" : VARIES);
      }
      if (tree instanceof ParenthesizedTree inner) {
        return parts(inner.getExpression(), place);
      }
      if (tree instanceof BinaryTree sum && tree.getKind() == Tree.Kind.PLUS) {
        return sums(parts(sum.getLeftOperand(), place), parts(sum.getRightOperand(), place));
      }
      if (tree instanceof ConditionalExpressionTree choice) {
        scan(choice.getCondition(), Place.ANYWHERE);
        return Stream.of(choice.getTrueExpression(), choice.getFalseExpression())
            .flatMap(each -> parts(each, place).stream())
            .collect(Collectors.toSet());
      }
      if (tree instanceof LambdaExpressionTree lambda
          && lambda.getBody() instanceof ExpressionTree result) {
        return parts(result, place);
      }
      if (tree instanceof MethodInvocationTree call && isFormat(call)) {
        List<ExpressionTree> arguments = new ArrayList<>(call.getArguments());
        arguments.removeIf(each -> each.toString().startsWith("Locale."));
        ExpressionTree format =
            call.getMethodSelect().toString().equals("String.format")
                ? arguments.remove(0)
                : ((MemberSelectTree) call.getMethodSelect()).getExpression();
        scan(arguments, place);
        return parts(format, place).stream()
            .map(text -> text.replaceAll("%[-<,.$0-9]*[a-z]", VARIES))
            .collect(Collectors.toSet());
      }
      ExpressionTree variable = variable(tree);
      if (variable != null && open.add(variable)) {
        used.add(variable);
        Set<String> its = parts(variable, place);
        open.remove(variable);
        return its;
      }
      if (variable == null) {
        scan(tree, place);
      }
      return Set.of(VARIES);
    }

    private ExpressionTree variable(ExpressionTree tree) {
      if (tree instanceof IdentifierTree) {
        return variables.get(className + "." + tree);
      }
      return tree instanceof MemberSelectTree ? variables.get(tree.toString()) : null;
    }

    private static boolean isFormat(MethodInvocationTree tree) {
      String method = tree.getMethodSelect().toString();
      return method.equals("String.format") || method.endsWith(".formatted");
    }
  }
}
