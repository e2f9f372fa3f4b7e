from multigrad.comparisons.referee.judgement import Judgement
def referee(f, x, *, operator, order=1, closed_form=None): return Judgement("none")
